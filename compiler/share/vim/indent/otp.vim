" SPDX-License-Identifier: Apache-2.0
" As otpc fmt does it: four spaces for each open block, four more for a line
" that goes on with a statement.
if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=OtpIndent() indentkeys=0{,0},0),!^F,o,O
let b:undo_indent = 'setlocal indentexpr< indentkeys<'

if exists('*OtpIndent')
  finish
endif

" The line without its comment, strings emptied.
function s:Code(lnum) abort
  let line = substitute(getline(a:lnum), '"\%(\\.\|[^"\\]\)*"', '""', 'g')
  let line = substitute(line, '''\%(\\.\|[^''\\]\)*''', "''", 'g')
  return substitute(line, '\s*//.*$', '', '')
endfunction

" The last line before this one with code on it; 0: none.
function s:Before(lnum) abort
  let lnum = prevnonblank(a:lnum - 1)
  while lnum > 0 && s:Code(lnum) =~# '^\s*$'
    let lnum = prevnonblank(lnum - 1)
  endwhile
  return lnum
endfunction

function s:Count(code, bracket) abort
  return len(split(a:code, a:bracket, 1)) - 1
endfunction

" Where the block around a line was opened: [its line, whether parentheses are
" open at the end of the line before].
function s:Around(lnum) abort
  let braces = 0
  let parens = 0
  let lnum = s:Before(a:lnum)
  while lnum > 0
    let code = s:Code(lnum)
    let braces += s:Count(code, '}') - s:Count(code, '{')
    if braces < 0
      " parentheses within braces on one line are closed there
      return [lnum, parens > 0]
    endif
    let parens += s:Count(code, '(') - s:Count(code, ')')
    let lnum = s:Before(lnum)
  endwhile
  return [0, parens > 0]
endfunction

" Whether a line goes on with what the one before began.
function s:GoesOn(lnum, open, parens) abort
  let before = s:Before(a:lnum)
  if before == 0 || before == a:open
    return 0
  endif
  let code = s:Code(before)
  if code =~# ',$' && !a:parens
    " members of an enum; otherwise names after `calls` and `depends`
    return a:open == 0 || s:Code(a:open) !~# '^\s*enum\>'
  endif
  return code !~# '[;{}]$'
endfunction

" Whether nothing but comments comes up to the end of the block.
function s:IsLast(lnum) abort
  let lnum = a:lnum
  while lnum > 0 && s:Code(lnum) =~# '^\s*$'
    let lnum = nextnonblank(lnum + 1)
  endwhile
  return lnum == 0 || s:Code(lnum) =~# '^\s*}'
endfunction

" The line on which the statement of a line begins.
function s:Begin(lnum) abort
  let lnum = a:lnum
  let [open, parens] = s:Around(lnum)
  while s:GoesOn(lnum, open, parens)
    let lnum = s:Before(lnum)
    let [open, parens] = s:Around(lnum)
  endwhile
  return lnum
endfunction

function OtpIndent() abort
  let [open, parens] = s:Around(v:lnum)
  let base = open == 0 ? 0 : indent(s:Begin(open))
  if getline(v:lnum) =~# '^\s*}'
    return base
  endif
  if open > 0
    let base += shiftwidth()
  endif
  if getline(v:lnum) !~# '^\s*[{)]' && !s:IsLast(v:lnum)
        \ && s:GoesOn(v:lnum, open, parens)
    let base += shiftwidth()
  endif
  return base
endfunction
