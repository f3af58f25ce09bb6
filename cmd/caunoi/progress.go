package main

import (
	"fmt"
	"io"
	"os"
)

// progress shows how far long work has come: a bar that moves on a terminal,
// a line now and then elsewhere.
type progress struct {
	w     io.Writer
	moves bool
	shown int // tenths, or thousands where the end is not known
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			p.moves = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return p
}

// at tells that so many of all are done; all is 0 where it is not known.
func (p *progress) at(done, all int) {
	step := done / 1000
	if all > 0 {
		step = 10 * done / all
	}
	switch {
	case p.moves && all > 0 && (done%100 == 0 || done == all):
		fmt.Fprintf(p.w, "\r%s %d/%d", bar(done, all), done, all)
	case p.moves && done%100 == 0:
		fmt.Fprintf(p.w, "\r%d", done)
	case !p.moves && step > p.shown && all > 0:
		fmt.Fprintf(p.w, "%d/%d\n", done, all)
	case !p.moves && step > p.shown:
		fmt.Fprintf(p.w, "%d\n", done)
	}
	p.shown = max(p.shown, step)
}

// end leaves the line of the bar.
func (p *progress) end() {
	if p.moves {
		fmt.Fprintln(p.w)
	}
}

func bar(done, all int) string {
	const width = 30
	out := []rune("[..............................]")
	for i := range width * done / all {
		out[i+1] = '#'
	}
	return string(out)
}
