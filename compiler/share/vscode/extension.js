// SPDX-License-Identifier: Apache-2.0
// Starts `otpc lsp` for .otp files, and again when its settings change.
'use strict';

const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

function start() {
	const settings = vscode.workspace.getConfiguration('otp');
	const run = {
		command: settings.get('server.path'),
		args: settings.get('server.arguments'),
	};

	client = new LanguageClient('otp', 'OTP for C specs', { run, debug: run }, {
		documentSelector: [{ language: 'otp' }],
		synchronize: {
			fileEvents:
				vscode.workspace.createFileSystemWatcher('**/*.otp'),
		},
	});
	return client.start();
}

function stop() {
	const running = client;

	client = undefined;
	return running ? running.stop() : undefined;
}

exports.activate = (context) => {
	context.subscriptions.push(
		vscode.workspace.onDidChangeConfiguration(async (event) => {
			if (event.affectsConfiguration('otp.server')) {
				await stop();
				await start();
			}
		}));
	return start();
};

exports.deactivate = stop;
