package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/access"
	"caunoi/audit"
	"caunoi/people"
	"caunoi/people/sheet"
	"caunoi/store"
)

type importPeopleCmd struct {
	where
	Map      string `placeholder:"MAP.json" help:"What further headings mean: {\"heading\": \"column\"}, with the columns of docs/import.md. It is remembered."`
	DryRun   bool   `help:"Read and check all of it, and write nothing."`
	Errors   string `placeholder:"OUT.xlsx" help:"Write the rows that were refused, or that disagree with themselves, with the reasons."`
	Template string `placeholder:"OUT.xlsx" help:"Write an empty sheet with every column, and do nothing else."`
	Quiet    bool   `help:"Say nothing but the result."`
	JSON     bool   `help:"Write the result as JSON."`
	File     string `arg:"" optional:"" help:"A list of people, .xlsx or .csv."`
}

// mostShown bounds the refusals that are printed; the workbook has them all.
const mostShown = 1000

// errTrial ends a transaction whose work is not wanted.
var errTrial = errors.New("trial")

func (c *importPeopleCmd) Run(ctx context.Context, t terminal) error {
	if c.Template != "" {
		return writeFile(c.Template, func(w io.Writer) error {
			return sheet.Template(w, words().Text("cli.import.example"))
		})
	}
	if c.File == "" {
		return usageError{spoken("cli.import.no_file")}
	}
	chosen := map[string]string{}
	if c.Map != "" {
		raw, err := os.ReadFile(c.Map)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(raw, &chosen); err != nil {
			return usageError{spoken("cli.import.bad_map", "file", c.Map, "why", err)}
		}
	}
	return c.with(ctx, true, func(s store.Store) error {
		columns, err := remembered(ctx, s, chosen)
		if err != nil {
			return err
		}
		r, err := source(c.File, t)
		if err != nil {
			return err
		}
		defer r.Close()
		f, err := sheet.Open(c.File, r, columns)
		if err != nil {
			return err
		}
		in := &listImport{cmd: c, s: s, registry: newIntake(s).People(), file: f}
		err = in.all(ctx, t)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		if !c.DryRun {
			if err := in.record(ctx, columns, c.Map != ""); err != nil {
				return err
			}
		}
		return in.report(t)
	})
}

// remembered are the headings that were explained before, and now.
func remembered(ctx context.Context, s store.Store, chosen map[string]string) (map[string]string, error) {
	all := map[string]string{}
	err := s.View(ctx, func(tx store.Tx) error {
		had, err := tx.Setting(sheet.Setting)
		if err != nil || had == "" {
			return err
		}
		return json.Unmarshal([]byte(had), &all)
	})
	for heading, field := range chosen {
		all[heading] = field
	}
	return all, err
}

func writeFile(name string, write func(w io.Writer) error) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) // it names people
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// listImport is one list on its way into the registry.
type listImport struct {
	cmd      *importPeopleCmd
	s        store.Store
	registry people.Registry
	file     *sheet.File
	book     *sheet.Book
	out      listResult
}

// listResult is what became of the rows of a list.
type listResult struct {
	sheet.Counts
	Columns  []sheet.Column `json:"columns"`
	Refusals []rowRefused   `json:"refusals"`
}

type rowRefused struct {
	Row    int    `json:"row"`
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

func (in *listImport) all(ctx context.Context, t terminal) error {
	in.out.Columns, in.out.Refusals = in.file.Columns, []rowRefused{}
	if in.cmd.Errors != "" {
		var err error
		if in.book, err = in.file.NewErrors(words().Text("cli.import.row"), words().Text("cli.import.reason")); err != nil {
			return err
		}
	}
	var bar *progress
	if !in.cmd.Quiet {
		bar = newProgress(t.err)
		defer bar.end()
	}
	for {
		rows, err := in.file.Batch()
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			break
		}
		if err := in.take(ctx, rows); err != nil {
			return err
		}
		if bar != nil {
			bar.at(in.out.Read, 0)
		}
	}
	if in.book == nil {
		return nil
	}
	return writeFile(in.cmd.Errors, func(w io.Writer) error {
		_, err := in.book.WriteTo(w)
		return err
	})
}

// take writes a batch in one transaction, or tries to.
func (in *listImport) take(ctx context.Context, rows []sheet.Row) error {
	var outcomes []people.RowOutcome
	err := in.s.Update(ctx, func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		outcomes, err = in.file.Take(rows, plan, func(records []people.Record) ([]people.RowOutcome, error) {
			return in.registry.Import(tx, plan, access.Terminal(), records)
		})
		if err != nil {
			return err
		}
		if in.cmd.DryRun {
			return errTrial
		}
		return nil
	})
	if err != nil && !errors.Is(err, errTrial) {
		return err
	}
	for i, o := range outcomes {
		if err := in.count(rows[i], o); err != nil {
			return err
		}
	}
	return nil
}

func (in *listImport) count(row sheet.Row, o people.RowOutcome) error {
	in.out.Add(o)
	var reason string
	if o.Refusal != nil {
		reason = sayRefusal(o.Refusal)
		if len(in.out.Refusals) < mostShown {
			in.out.Refusals = append(in.out.Refusals, rowRefused{row.Number, o.Refusal.Code, reason})
		}
	} else {
		var all []string
		for _, d := range o.Doubts {
			all = append(all, words().Text("desk.warning."+d.Code))
		}
		reason = strings.Join(all, " ")
	}
	if reason == "" || in.book == nil {
		return nil
	}
	return in.book.AddError(in.file, row, reason)
}

// record leaves the import in the audit, and remembers what headings mean.
func (in *listImport) record(ctx context.Context, columns map[string]string, chosen bool) error {
	return in.s.Update(ctx, func(tx store.Tx) error {
		if chosen {
			raw, err := json.Marshal(columns, json.Deterministic(true))
			if err == nil {
				err = tx.PutSetting(sheet.Setting, string(raw))
			}
			if err != nil {
				return err
			}
		}
		return audit.Append(tx, time.Now(), audit.Event{Act: "people.imported", Actor: access.Terminal().ID, Details: in.out.Details()})
	})
}

func (in *listImport) report(t terminal) error {
	r := &in.out
	if in.cmd.JSON {
		if err := json.MarshalWrite(t.out, r); err != nil {
			return err
		}
		fmt.Fprintln(t.out)
	} else {
		for _, x := range r.Refusals {
			fmt.Fprintln(t.out, words().Text("cli.import.line", "n", x.Row, "reason", x.Reason))
		}
		for _, c := range r.Columns {
			if c.Field == "" && c.Heading != "" && !in.cmd.Quiet {
				fmt.Fprintln(t.out, words().Text("cli.import.unread", "heading", c.Heading))
			}
		}
		if in.cmd.DryRun {
			fmt.Fprintln(t.out, words().Text("cli.import.trial"))
		}
		fmt.Fprintln(t.out, words().Text("cli.import.people", "read", r.Read, "added", r.Added, "changed", r.Changed, "refused", r.Refused))
	}
	if r.Refused > 0 {
		return errFalse
	}
	return nil
}
