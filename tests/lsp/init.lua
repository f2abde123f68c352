-- SPDX-License-Identifier: Apache-2.0
-- What specs/README.md tells users of neovim to write; nvim_init.lua uses it.
vim.g.loaded_zipPlugin = 1 -- it takes every .otp for a zip file
vim.api.nvim_create_autocmd({ 'BufRead', 'BufNewFile' }, {
    pattern = '*.otp',
    command = 'set filetype=otp',
})
vim.api.nvim_create_autocmd('FileType', {
    pattern = 'otp',
    callback = function(event)
        local config = {
            name = 'otpc',
            cmd = { 'otpc', 'lsp' },
            root_dir = vim.fn.getcwd(),
            init_options = { includePaths = { 'specs' } },
        }
        if vim.lsp.start then
            vim.lsp.start(config)
        else -- before 0.8
            local id = vim.lsp.start_client(config)
            vim.lsp.buf_attach_client(event.buf, id)
        end
    end,
})
