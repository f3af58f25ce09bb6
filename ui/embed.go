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
func Desk() fs.FS {
	desk, err := fs.Sub(dist, "dist/desk")
	if err != nil {
		panic(err) // only an invalid path fails, and this one is a constant
	}
	return desk
}
