// Package ui holds the built screens, so that the one binary can serve them.
//
// The sources are TypeScript and Svelte in the folders beside this file; `npm
// run build` writes them to dist, which is embedded when the binary is
// compiled. A binary compiled before that build serves no screens but is
// otherwise whole.
package ui

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Desk is the desk console: index.html at its root and the files which that
// page names. Every path that is not a file is a screen of index.html. The
// result is empty when the console was not built.
func Desk() fs.FS { return built("dist/desk") }

// Public are the pages for anybody, in the same form.
func Public() fs.FS { return built("dist/public") }

// Field is the field app, in the same form.
func Field() fs.FS { return built("dist/field") }

func built(path string) fs.FS {
	files, err := fs.Sub(dist, path)
	if err != nil {
		panic(err) // only an invalid path fails, and these are constants
	}
	return files
}

// Engine is policy as WebAssembly by its content coding: "" as it is, "br" and
// "gzip". What was not built is not there.
func Engine() map[string][]byte {
	out := map[string][]byte{}
	for coding, name := range map[string]string{"": "policy.wasm", "br": "policy.wasm.br", "gzip": "policy.wasm.gz"} {
		if body, err := dist.ReadFile("dist/" + name); err == nil {
			out[coding] = body
		}
	}
	return out
}
