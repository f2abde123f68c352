" SPDX-License-Identifier: Apache-2.0
" Vim takes every .otp for a zip file, a template of LibreOffice's, and warns
" when it is none. Specs are text.
if exists('#zip#BufReadCmd#*.otp')
  autocmd! zip BufReadCmd *.otp
endif
