// Command caunoi is the whole of Caunoi in one binary: the server, and what an
// administrator does at a terminal.
//
// Exit codes: 0 done; 1 what was asked does not hold; 2 wrong use; 3 could not
// run (disk, database, version). Results go to standard output, progress and
// logs to standard error.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"caunoi/journal"
	"caunoi/messages"
	"caunoi/store"
	"caunoi/vault"
)

// The exit codes of a command.
const (
	exitDone  = 0
	exitFalse = 1
	exitUsage = 2
	exitFault = 3
)

// errFalse says that what was asked does not hold; the command has said why.
var errFalse = errors.New("")

type commands struct {
	Serve   serveCmd     `cmd:"" help:"Serve the desk and the API."`
	Demo    demoCmd      `cmd:"" help:"Load the synthetic Lào Cai festival, if it is not there, and serve it."`
	Report  reportCmd    `cmd:"" help:"Print the report of a campaign."`
	Quote   quoteCmd     `cmd:"" help:"What somebody would pay and get, with the article of law."`
	Policy  policyCmd    `cmd:"" help:"The parameters of the law: check a file, print what is known."`
	Verify  verifyCmd    `cmd:"" help:"Recount everything from the journal; exit 1 on any difference."`
	Export  exportCmd    `cmd:"" help:"Write the plan or the entries as JSON Lines."`
	Import  importCmd    `cmd:"" help:"Read the plan, entries or boundaries."`
	Backup  backupCmd    `cmd:"" help:"Write a copy of the database, also while it serves."`
	Restore restoreCmd   `cmd:"" name:"restore" help:"Put a copy into an empty data folder; phones then bring what it lacks."`
	Audit   auditCmd     `cmd:"" help:"Check or export the audit: who did and saw what."`
	User    userCmd      `cmd:"" help:"Add users, make sign-in links."`
	Office  officeCmd    `cmd:"" help:"Where people pay."`
	Person  personCmd    `cmd:"" help:"Give out or erase what is held of one person."`
	Keep    retentionCmd `cmd:"" name:"retention" help:"How long personal data are kept, and ending it."`
	Keys    keysCmd      `cmd:"" help:"Renew the keys of personal data."`
	Bench   benchCmd     `cmd:"" help:"Measure."`
}

// terminal is where a command reads and writes.
type terminal struct {
	in       io.Reader
	out, err io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], terminal{os.Stdin, os.Stdout, os.Stderr})
	stop()
	os.Exit(code)
}

// run is main without the process.
func run(ctx context.Context, args []string, t terminal) (code int) {
	var c commands
	exited := -1
	parser, err := kong.New(&c, kong.Name("caunoi"),
		kong.Description("Outreach and enrolment of a social-insurance agency: plan, record, count once, report."),
		kong.Writers(t.out, t.err), kong.UsageOnError(),
		kong.Exit(func(code int) { exited = code; panic(quit{}) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(t.err, err)
		return exitFault
	}
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(quit); !ok {
				panic(p)
			}
			code = exited
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	kctx, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(t.err, "caunoi: %s\n", err)
		return exitUsage
	}
	kctx.BindTo(ctx, (*context.Context)(nil))
	results := &sink{w: t.out}
	t.out = results
	code = explain(kctx.Run(t), t)
	if results.err != nil && code != exitFault {
		return explain(fmt.Errorf("write the result: %w", results.err), t)
	}
	return code
}

// quit unwinds when kong has printed help.
type quit struct{}

// usageError is a wrong argument that kong does not see.
type usageError struct{ error }

func (u usageError) Unwrap() error { return u.error }

// sink writes until a write fails, and remembers that one did: a result that
// nobody got is no success.
type sink struct {
	w   io.Writer
	err error
}

func (s *sink) Write(b []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.w.Write(b)
	s.err = err
	return n, err
}

func explain(err error, t terminal) int {
	var refusal *journal.Refusal
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFalse):
		if text := err.Error(); text != "" {
			fmt.Fprintf(t.err, "caunoi: %s\n", text)
		}
		return exitFalse
	case errors.As(err, &refusal):
		fmt.Fprintf(t.err, "caunoi: %s\n", sayRefusal(refusal))
		if errors.As(err, &usage) {
			return exitUsage
		}
		return exitFalse
	case errors.As(err, &usage):
		fmt.Fprintf(t.err, "caunoi: %s\n", err)
		return exitUsage
	default:
		for kind, code := range faults {
			if errors.Is(err, kind) {
				fmt.Fprintf(t.err, "caunoi: %s\n", sayRefusal(&journal.Refusal{Code: code}))
			}
		}
		fmt.Fprintf(t.err, "caunoi: %s\n", err)
		return exitFault
	}
}

// faults are those of a store for which there are words.
var faults = map[error]string{
	store.ErrNewer: "store.newer", store.ErrFull: "store.full", store.ErrReadOnly: "store.readonly",
	store.ErrOlder: "store.older", vault.ErrOtherKeys: "keys.other", vault.ErrOpenFile: "keys.open",
}

// lang is the language of the terminal, by its locale; English if it is none
// of ours.
func lang() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		for _, l := range messages.Languages {
			if strings.HasPrefix(os.Getenv(name), l) {
				return l
			}
		}
	}
	return "en"
}

// words are the catalogues in that language.
func words() *messages.Printer {
	p, err := messages.For(lang())
	if err != nil {
		panic(err) // lang gives none but the languages that are there
	}
	return p
}

func sayRefusal(r *journal.Refusal) string { return words().Refusal(r) + " [" + r.Code + "]" }

// spoken is an error in words that a person reads.
func spoken(key string, pairs ...any) error { return errors.New(words().Text(key, pairs...)) }
