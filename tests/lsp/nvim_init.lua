-- SPDX-License-Identifier: Apache-2.0
-- With the init.lua of the reference, opening a spec is all it takes. Run with
-- otpc in PATH, in the folder of init.lua, as
--   WORK=... nvim --headless --clean -u init.lua -c 'luafile nvim_init.lua'
local work = os.getenv('WORK')

vim.fn.mkdir(work .. '/specs')
vim.fn.writefile({ 'module money;', 'const most = 5;' },
	work .. '/specs/money.otp')
vim.fn.writefile({ 'module bank;', 'import "money.otp";',
	'const a = money.most;', 'const b = money.mos;' }, work .. '/bank.otp')
vim.cmd('cd ' .. work)
vim.cmd('edit bank.otp')
local ok = vim.wait(20000, function()
	local list = vim.diagnostic.get(0)
	return #list == 1 and list[1].lnum == 3
end, 20)
io.stdout:write(ok and 'ok nvim_init\n' or 'FAIL nvim_init: ' ..
	vim.inspect(vim.diagnostic.get(0)):gsub('\n', ' ') .. '\n')
vim.cmd(ok and 'qall!' or 'cquit 1')
