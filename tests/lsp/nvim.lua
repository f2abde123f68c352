-- SPDX-License-Identifier: Apache-2.0
-- A real client: neovim starts `otpc lsp`, types, and asks. Run with
--   OTPC=... WORK=... nvim --headless --clean -c 'luafile nvim.lua'
local otpc, work = os.getenv('OTPC'), os.getenv('WORK')
local failed = false

local function check(name, ok, why)
	failed = failed or not ok
	io.stdout:write(ok and ('ok nvim_' .. name .. '\n') or
		('FAIL nvim_' .. name .. ': ' .. vim.inspect(why) .. '\n'))
end

local function write(name, text)
	local file = io.open(work .. '/' .. name, 'w')
	file:write(text)
	file:close()
end

write('money.otp', 'module money;\n\nrecord Amount { cents : int64; }\n')
write('bank.otp', [[
module bank;
import "money.otp";
// é😀
record Receipt { text : string; amount : money.Amont; }
gen_server Account {
call deposit(amount: uint64) -> Receipt;
}
]])

vim.cmd('edit ' .. work .. '/bank.otp')
local buffer = vim.api.nvim_get_current_buf()
local id = vim.lsp.start_client({
	name = 'otpc', cmd = { otpc, 'lsp' }, root_dir = work,
})
check('start', id ~= nil)
vim.lsp.buf_attach_client(buffer, id)

local function diagnostics()
	local codes = {}
	for _, d in ipairs(vim.diagnostic.get(buffer)) do
		table.insert(codes, string.format('%d:%d %s', d.lnum, d.col,
			d.code or d.user_data.lsp.code))
	end
	return table.concat(codes, ', ')
end

local function settles(expected)
	return vim.wait(20000, function()
		return diagnostics() == expected
	end, 20)
end

local function ask(method, line, column, more)
	local params = vim.tbl_extend('force', {
		textDocument = vim.lsp.util.make_text_document_params(buffer),
		position = { line = line, character = column },
	}, more or {})
	local answers = vim.lsp.buf_request_sync(buffer, method, params, 20000)
	local answer = answers and answers[id] or {}
	return answer.result, answer.error
end

check('diagnostics', settles('3:41 unknown_type'), diagnostics())

-- the quick fix that goes with it, applied as the editor applies it
local actions = ask('textDocument/codeAction', 3, 47, {
	range = { start = { line = 3, character = 47 },
		['end'] = { line = 3, character = 47 } },
	context = { diagnostics = {} },
})
if actions and actions[1] then
	vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
end
check('action', settles(''), diagnostics())

-- typing, in a line after characters of several bytes
vim.api.nvim_buf_set_text(buffer, 3, 24, 3, 30, { 'strin' })
check('typing', settles('3:24 unknown_type'), diagnostics())
vim.api.nvim_buf_set_text(buffer, 2, 9, 2, 9, { '', 'const é = 1;' })
vim.api.nvim_buf_set_text(buffer, 3, 0, 4, 0, { '' })
vim.api.nvim_buf_set_text(buffer, 3, 24, 3, 29, { 'string' })
check('editing', settles(''), diagnostics())

local hover = ask('textDocument/hover', 5, 7)
check('hover', hover and
	hover.contents.value:find('bank_account_handle_deposit'), hover)

local place = ask('textDocument/definition', 3, 50)
check('definition', place and place.uri:find('money.otp$') and
	place.range.start.line == 2, place)

local list = ask('textDocument/completion', 3, 48)
check('completion', list and list.items[1] and
	list.items[1].label == 'Amount', list)

local symbols = ask('textDocument/documentSymbol', 0, 0)
check('symbols', symbols and #symbols == 2, symbols)

local edits, err = ask('textDocument/formatting', 0, 0,
	{ options = { tabSize = 4, insertSpaces = true } })
if edits then
	vim.lsp.util.apply_text_edits(edits, buffer, 'utf-16')
end
check('format', vim.fn.search('^    call deposit') > 0, edits or err)

local renamed = ask('textDocument/rename', 3, 50, { newName = 'Money' })
check('rename', renamed and vim.tbl_count(renamed.changes) == 2, renamed)

local client = vim.lsp.get_client_by_id(id)
vim.lsp.stop_client(id)
check('stop', vim.wait(20000, function()
	return client.is_stopped()
end, 20))
vim.cmd(failed and 'cquit 1' or 'qall!')
