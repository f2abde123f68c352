<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<title>$title$</title>
<style>
:root { --ink: #1c1e21; --paper: #ffffff; --soft: #f2f4f7; --line: #cfd6de; --link: #0b57a4; }
@media (prefers-color-scheme: dark) {
:root { --ink: #e4e7eb; --paper: #16181b; --soft: #23272c; --line: #444c56; --link: #82b7f5; }
}
body { color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.25; margin: 1.6em 0 0.4em; }
h1 { margin-top: 0.4em; }
h2 { border-bottom: 1px solid var(--line); }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
code, pre, svg text { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { background: var(--soft); padding: 0.6em 0.8em; white-space: pre-wrap; border-radius: 4px; }
pre code { font-size: inherit; }
pre.signature { border-left: 3px solid var(--link); }
dt { margin-top: 0.5em; }
dd { margin: 0 0 0 1.2em; }
p { margin: 0.4em 0; }
ul, ol { padding-left: 1.4em; margin: 0.4em 0; }
:target { background: var(--soft); }
.picture { overflow-x: auto; margin: 0.8em 0; }
svg rect { fill: var(--soft); stroke: var(--ink); }
svg path { fill: none; stroke: var(--ink); }
svg text { fill: var(--ink); font-size: 13px; }
</style>
</head>
<body>
$body$</body>
</html>
