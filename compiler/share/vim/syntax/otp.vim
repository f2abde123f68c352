" SPDX-License-Identifier: Apache-2.0
" Words mean something where the grammar asks for them and are names everywhere
" else, so they are matched with what is around them; what is defined later
" counts more.
if exists('b:current_syntax')
  finish
endif

syn case match

" --- words

syn match otpValue /\<\%(true\|false\|infinity\|undefined\)\>/
syn match otpValue /\<\%(one_for_one\|one_for_all\|rest_for_one\)\>/
syn match otpValue /\<\%(permanent\|transient\|temporary\|brutal_kill\)\>/
syn match otpValue /\<\%(never\|any_significant\|all_significant\)\>/
syn match otpValue /\<\%(reject\|drop_newest\|drop_oldest\)\>/
syn match otpValue /\%(\<priority\s\+\)\@40<=\%(low\|normal\|high\|max\)\>/
syn match otpValue /\%(\<wire\s\+\)\@40<=elixir\>/

syn match otpType /\<\%(bool\|u\=int\%(8\|16\|32\|64\)\|float32\|float64\)\>/
syn match otpType /\<\%(atom\|string\|binary\|pid\|reference\|term\)\>/
syn match otpType /\<\%(timestamp\|duration\)\>/
syn match otpType /\<\u\w*\>/
syn match otpType /\<\%(list\|map\|tuple\|server\)\>\ze\s*</

syn match otpModifier /\<\%(wire\|as\|opaque\|timeout\|deferred\)\>/
syn match otpModifier /\<\%(in\|dynamic\)\>/
syn match otpModifier /\%(\<backoff\s[^;]*\)\@120<=\<\%(to\|jitter\)\>/
syn match otpModifier /\%(\<as\s\+\)\@40<=\%(tuple\|struct\)\>/
syn match otpMember /\<env\ze\./

" At the start of a statement.
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(init\|state\|call\|cast\|info\)\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(continue\|trap_exit\|terminate\)\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=format_status\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(mailbox\|max_heap\|blocking\)\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(priority\|stack\|calls\)\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(strategy\|intensity\|child\)\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(auto_shutdown\|restart\)\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(shutdown\|register\)\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(max_children\|significant\|backoff\)\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(version\|root\|depends\|env\)\>/
syn match otpMember /\%(\%(^\|[{};]\)\s*\)\@40<=\%(prep_stop\|stop\)\>/
syn match otpDeclaration /\%(\%(^\|[{};]\)\s*\)\@40<=\%(module\|const\|enum\)\>/
syn match otpDeclaration /\%(\%(^\|[{};]\)\s*\)\@40<=\%(record\|union\|message\)\>/
syn match otpDeclaration /\%(\%(^\|[{};]\)\s*\)\@40<=\%(gen_server\|supervisor\)\>/
syn match otpDeclaration /\%(\%(^\|[{};]\)\s*\)\@40<=application\>/
syn match otpImport /\%(\%(^\|[{};]\)\s*\)\@40<=import\>/

" What is declared.
syn match otpName /\%(\<\%(module\|const\|message\|application\|child\)\s\+\)\@40<=\h\w*/
syn match otpName /\%(\<\%(call\|cast\|info\|continue\)\s\+\)\@40<=\h\w*/
syn match otpTypeName /\%(\<\%(enum\|record\|union\|gen_server\|supervisor\)\s\+\)\@40<=\h\w*/
syn match otpField /\<\h\w*\>\ze\s*:/
syn match otpName /\%(\<env\.\)\@8<=\h\w*/

" --- literals

syn match otpNumber /-\=\<\d[0-9_]*\>/
syn match otpNumber /\<0x[0-9a-fA-F_]\+\>/
syn match otpNumber /\<0b[01_]\+\>/
syn match otpNumber /\<\d[0-9_]*\%(ms\|s\|m\|h\|d\)\>/
syn match otpNumber /\<\d[0-9_]*\%(KiB\|MiB\|GiB\)\>/
syn match otpFloat /-\=\<\d[0-9_]*\.\d[0-9_]*\%([eE][+-]\=\d[0-9_]*\)\=\>/
syn match otpFloat /-\=\<\d[0-9_]*[eE][+-]\=\d[0-9_]*\>/
syn match otpEscape contained /\\\%([nrt\\"']\|u\x\{4}\)/
syn region otpString start=/"/ skip=/\\./ end=/"/ oneline contains=otpEscape,@Spell
syn region otpAtom start=/'/ skip=/\\./ end=/'/ oneline contains=otpEscape

syn match otpOperator /->\|[=!?]/

" --- comments

syn keyword otpTodo contained TODO FIXME XXX
syn match otpAllow contained /\<otpc:\s*allow\>/
syn match otpComment "//.*$" contains=otpTodo,otpAllow,@Spell
syn match otpDoc "///\%(/\)\@!.*$" contains=otpTodo,@Spell

syn region otpBlock start=/{/ end=/}/ transparent fold

hi def link otpDeclaration Structure
hi def link otpMember Statement
hi def link otpModifier Keyword
hi def link otpImport Include
hi def link otpType Type
hi def link otpTypeName Type
hi def link otpName Function
hi def link otpField Identifier
hi def link otpValue Constant
hi def link otpNumber Number
hi def link otpFloat Float
hi def link otpString String
hi def link otpAtom Character
hi def link otpEscape SpecialChar
hi def link otpOperator Operator
hi def link otpComment Comment
hi def link otpDoc SpecialComment
hi def link otpTodo Todo
hi def link otpAllow PreProc

let b:current_syntax = 'otp'
