package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/journal"
	"caunoi/policy"
	"caunoi/policy/national"
)

// knownBy are the parameters that a command goes by.
type knownBy struct {
	Parameters []string `placeholder:"FILE" env:"CAUNOI_PARAMETERS" help:"The agency's own parameters, laid over the national ones; may be repeated."`
}

// own are the texts of the files, all of them in order.
func (k knownBy) own() (texts []string, err error) {
	_, texts, err = k.files()
	return texts, err
}

func (k knownBy) read() (*policy.Parameters, error) {
	p, _, err := k.files()
	return p, err
}

func (k knownBy) files() (p *policy.Parameters, texts []string, err error) {
	p = national.Parameters()
	for _, name := range k.Parameters {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, nil, usageError{err}
		}
		over, problems := p.With(name, string(text))
		if len(problems) > 0 {
			said := make([]error, len(problems))
			for i, problem := range problems {
				said[i] = errors.New(sayProblem(problem))
			}
			return nil, nil, usageError{errors.Join(said...)}
		}
		p, texts = over, append(texts, string(text))
	}
	return p, texts, nil
}

type quoteCmd struct {
	Quote string `arg:"" optional:"" help:"voluntary-si, household-hi, pension, withdrawal, social-pension, maternity, death, unemployment or paths."`
	Batch string `placeholder:"FILE" help:"Read questions as JSON Lines, - for standard input, and write an answer for each."`
	JSON  bool   `name:"json" help:"Print the answer as JSON, with its trace."`
	knownBy
	quoteFields `prefix:""`
}

// quoteFields are the fields of a question, as text: policy says what is wrong
// with one.
type quoteFields struct {
	On               string `placeholder:"DATE" help:"The day that is asked about; today if not given."`
	Income           string `placeholder:"DONG" help:"Voluntary SI: the chosen income of a month."`
	Group            string `help:"poor, near-poor, ethnic-minority, island, other; of several the best counts."`
	Pay              string `help:"monthly, 3, 6, 12, ahead:MONTHS or missing:MONTHS."`
	SupportedMonths  string `placeholder:"N" help:"Months that the state has supported before."`
	ReturnRate       string `placeholder:"0.45%" help:"Return of the fund in a month, if none is published."`
	Members          string `help:"Household HI: self and other groups, in order, with commas."`
	Months           string `placeholder:"N" help:"Household HI: 3, 6 or 12."`
	Birth            string `placeholder:"DATE" help:"Date of birth, or the year alone."`
	Sex              string `help:"f or m."`
	PaidMonths       string `placeholder:"N" help:"Months paid so far."`
	AverageIncome    string `placeholder:"DONG" help:"Average income of the months paid."`
	VoluntarySince   string `placeholder:"DATE" help:"The first voluntary payment."`
	MonthsAfterAge   string `placeholder:"N" help:"Of the months paid, those after pension age."`
	MonthsBefore2014 string `name:"months-before-2014" placeholder:"N" help:"Of the months paid, those before 2014."`
	FirstPaid        string `placeholder:"DATE" help:"Withdrawal: the first payment."`
	LastPaid         string `placeholder:"DATE" help:"Withdrawal: the last payment."`
	Reason           string `help:"Withdrawal: stopped, abroad, illness or incapacity."`
	Pension          string `placeholder:"DONG" help:"Social pension: a pension that is paid already."`
	Children         string `placeholder:"N" help:"Maternity: children."`
	PaidOfLast12     string `name:"paid-of-last-12" placeholder:"N" help:"Maternity: months paid of the last twelve."`
	AverageSalary    string `placeholder:"DONG" help:"Unemployment: average salary of the last six months."`
	Region           string `help:"Unemployment: I to IV."`
}

// question is the flags as policy reads them.
func (c *quoteCmd) question(now time.Time) string {
	q := map[string]string{"quote": c.Quote, "on": string(journal.DayOf(now))}
	fields := reflect.ValueOf(c.quoteFields)
	for i, f := range reflect.VisibleFields(fields.Type()) {
		if text := fields.Field(i).String(); text != "" {
			name := f.Tag.Get("name")
			if name == "" {
				name = kebab(f.Name)
			}
			q[name] = text
		}
	}
	raw, _ := json.Marshal(q, json.Deterministic(true)) // texts cannot fail
	return string(raw)
}

func kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}

// exitOf ends a command that could not answer: 1 where a return of the fund is
// missing, 2 where a value is wrong.
func exitOf(problem *policy.Problem) error {
	err := errors.New(sayProblem(problem))
	if problem.Code == "return_rate" {
		return falseError{err}
	}
	return usageError{err}
}

// falseError is what does not hold, with its words.
type falseError struct{ error }

func (falseError) Is(target error) bool { return target == errFalse }

func (c *quoteCmd) Run(ctx context.Context, t terminal) error {
	p, err := c.read()
	if err != nil {
		return err
	}
	if c.Batch != "" {
		return c.batch(ctx, t, p)
	}
	if c.Quote == "" {
		return usageError{spoken("policy.problem.missing", "what", "quote")}
	}
	answer, problem := p.Answer(nil, c.question(time.Now()))
	if c.JSON {
		if _, err := fmt.Fprintf(t.out, "%s\n", answer); err != nil {
			return err
		}
	}
	if problem != nil {
		return exitOf(problem)
	}
	if c.JSON {
		return nil
	}
	text, err := explained(answer)
	if err == nil {
		_, err = io.WriteString(t.out, text)
	}
	return err
}

// longestQuestion of a batch, bytes.
const longestQuestion = 1 << 20

// batch answers a question a line. A line that cannot be answered has its
// error in its answer, and the others are answered all the same.
func (c *quoteCmd) batch(ctx context.Context, t terminal, p *policy.Parameters) error {
	in := t.in
	if c.Batch != "-" {
		f, err := os.Open(c.Batch)
		if err != nil {
			return usageError{err}
		}
		defer func() { _ = f.Close() }()
		in = f
	}
	lines, out := bufio.NewScanner(in), bufio.NewWriter(t.out)
	lines.Buffer(nil, longestQuestion)
	var first, lacking *policy.Problem
	var answer []byte
	for lines.Scan() && ctx.Err() == nil {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var problem *policy.Problem
		answer, problem = p.Answer(answer[:0], lines.Text())
		switch {
		case problem == nil:
		case problem.Code == "return_rate":
			lacking = problem
		case first == nil:
			first = problem
		}
		if _, err := out.Write(append(answer, '\n')); err != nil {
			return err
		}
	}
	err := errors.Join(lines.Err(), out.Flush(), ctx.Err())
	switch {
	case err != nil:
		return err
	case first != nil:
		return exitOf(first)
	case lacking != nil:
		return exitOf(lacking)
	}
	return nil
}

type policyCmd struct {
	Check policyCheckCmd `cmd:"" help:"Say what is wrong with a file of parameters, with line and column."`
	Show  policyShowCmd  `cmd:"" help:"Print the parameters that are known, with dates and citations, as JSON."`
}

type policyCheckCmd struct {
	File string `arg:""`
}

func (c *policyCheckCmd) Run(t terminal) error {
	p, err := knownBy{[]string{c.File}}.read()
	if err != nil {
		return falseError{err}
	}
	_, err = fmt.Fprintln(t.out, words().Text("policy.problem.checked", "file", c.File, "version", p.Version))
	return err
}

type policyShowCmd struct{ knownBy }

func (c *policyShowCmd) Run(t terminal) error {
	p, err := c.read()
	if err == nil {
		_, err = fmt.Fprintf(t.out, "%s\n", p.Append(nil))
	}
	return err
}

// sayProblem is a problem in the words of the terminal.
func sayProblem(problem *policy.Problem) string {
	w := words()
	amount := func(n int64) string { return sayValue(w, problem.Unit.String(), valueOf(problem.Unit, n)) }
	what := problem.What
	if name := "policy.name." + what; w.Has(name) && (problem.Code == "before" || problem.Code == "after") {
		what = w.Text(name)
	}
	hint := problem.Choices
	if problem.Like != "" {
		hint = w.Text("policy.problem.like", "like", problem.Like)
	}
	reason := w.Text("policy.problem."+problem.Code, "field", problem.Field, "what", what, "hint", hint,
		"choices", problem.Choices, "min", amount(problem.Min), "max", amount(problem.Max))
	if problem.Line == 0 || problem.File == "" {
		return strings.TrimSpace(reason)
	}
	return w.Text("policy.problem.file", "file", problem.File, "line", fmt.Sprint(problem.Line),
		"column", fmt.Sprint(problem.Column), "reason", strings.TrimSpace(reason))
}
