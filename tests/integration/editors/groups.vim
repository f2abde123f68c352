" SPDX-License-Identifier: Apache-2.0
" Writes `WORD GROUP` for each word and sign of the file to groups.out, with the
" group of its first character: `-` is none. Then lines.out: the file, indented
" anew by vim.
let out = []
for lnum in range(1, line('$'))
  let col = 0
  while 1
    let [word, col, end] = matchstrpos(getline(lnum), '\w\+\|[^[:alnum:]_ ]\+', col)
    if col < 0
      break
    endif
    let group = synIDattr(synID(lnum, col + 1, 1), 'name')
    call add(out, word . ' ' . (group ==# '' ? '-' : group))
    let col = end
  endwhile
endfor
call writefile([&filetype] + out, 'groups.out')
silent %left
silent normal! gg=G
call writefile(getline(1, '$'), 'lines.out')
qa!
