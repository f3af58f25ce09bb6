package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"caunoi/journal"
	"caunoi/lawbook"
	"caunoi/policy"
	"caunoi/policy/national"
)

// knownBy are the parameters that a command goes by.
type knownBy struct {
	Parameters []string `placeholder:"FILE" env:"CAUNOI_PARAMETERS" help:"The agency's own parameters, laid over the national ones; may be repeated."`
}

func (k knownBy) read() (*policy.Parameters, error) {
	p, _, err := k.files()
	return p, err
}

// files reads the parameters, and the texts of the agency's own files in order.
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
// with one, also with an empty one.
type quoteFields struct {
	On               *string `placeholder:"DATE" help:"The day that is asked about; today if not given."`
	Income           *string `placeholder:"DONG" help:"Voluntary SI: the chosen income of a month; the lowest if not given."`
	Group            *string `help:"poor, near-poor, ethnic-minority, island, other; of several the best counts."`
	Pay              *string `help:"monthly, 3, 6, 12, ahead:MONTHS or missing:MONTHS."`
	SupportedMonths  *string `placeholder:"N" help:"Months that the state has supported before."`
	ReturnRate       *string `placeholder:"0.45%" help:"Return of the fund in a month, if none is published."`
	Members          *string `help:"Household HI: self and other groups, in order, with commas."`
	Months           *string `placeholder:"N" help:"Household HI: 3, 6 or 12."`
	Birth            *string `placeholder:"DATE" help:"Date of birth, or the year alone."`
	Sex              *string `help:"f or m."`
	PaidMonths       *string `placeholder:"N" help:"Months paid so far."`
	AverageIncome    *string `placeholder:"DONG" help:"Average income of the months paid."`
	VoluntarySince   *string `placeholder:"DATE" help:"The first voluntary payment."`
	MonthsAfterAge   *string `placeholder:"N" help:"Of the months paid, those after pension age."`
	MonthsBefore2014 *string `name:"months-before-2014" placeholder:"N" help:"Of the months paid, those before 2014."`
	FirstPaid        *string `placeholder:"DATE" help:"Withdrawal: the first payment."`
	LastPaid         *string `placeholder:"DATE" help:"Withdrawal: the last payment."`
	Reason           *string `help:"Withdrawal: stopped, abroad, illness or incapacity."`
	StateSupport     *string `placeholder:"DONG" help:"Withdrawal: what the state has added to the contributions, in all."`
	Pension          *string `placeholder:"DONG" help:"Social pension: a pension that is paid already."`
	Children         *string `placeholder:"N" help:"Maternity: children."`
	PaidOfLast12     *string `name:"paid-of-last-12" placeholder:"N" help:"Maternity: months paid of the last twelve."`
	AverageSalary    *string `placeholder:"DONG" help:"Unemployment: average salary of the last six months."`
	Region           *string `help:"Unemployment: I to IV."`
}

// given are the flags that were given, by the names of their fields.
func (c *quoteCmd) given() map[string]string {
	out := map[string]string{}
	fields := reflect.ValueOf(c.quoteFields)
	for i, f := range reflect.VisibleFields(fields.Type()) {
		if text, _ := fields.Field(i).Interface().(*string); text != nil {
			name := f.Tag.Get("name")
			if name == "" {
				name = kebab(f.Name)
			}
			out[name] = *text
		}
	}
	return out
}

// question is the flags as policy reads them.
func (c *quoteCmd) question(now time.Time) string {
	q := c.given()
	q["quote"] = c.Quote
	if _, given := q["on"]; !given {
		q["on"] = string(journal.DayOf(now))
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
		if given := c.given(); c.Quote != "" || len(given) > 0 {
			return usageError{spoken("policy.problem.batch", "field", strings.Join(append(slices.Sorted(maps.Keys(given)), c.Quote), " "))}
		}
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
	text, err := lawbook.Text(words(), answer)
	if err == nil {
		_, err = io.WriteString(t.out, text)
	}
	return err
}

// longestQuestion is how much of a line of a batch is read: more than policy
// takes, so that it says what is wrong.
const longestQuestion = 128 << 10

// nextQuestion reads the next line; io.EOF at the end.
func nextQuestion(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	text := string(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = in.ReadSlice('\n') // the rest of a line that is too long
	}
	if errors.Is(err, io.EOF) && text != "" {
		err = nil
	}
	return strings.TrimSpace(text), err
}

// batch answers a question a line. A line that cannot be answered has its
// error in its answer, and the others are answered all the same.
func (c *quoteCmd) batch(ctx context.Context, t terminal, p *policy.Parameters) error {
	in, name := t.in, "-"
	if c.Batch != "-" {
		f, err := os.Open(c.Batch)
		if err != nil {
			return usageError{err}
		}
		defer func() { _ = f.Close() }()
		in, name = f, c.Batch
	}
	lines, out := bufio.NewReaderSize(in, longestQuestion), bufio.NewWriter(t.out)
	var first, lacking *policy.Problem
	var answer []byte
	for n := 1; ctx.Err() == nil; n++ {
		question, err := nextQuestion(lines)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errors.Join(err, out.Flush())
		}
		if question == "" {
			continue
		}
		var problem *policy.Problem
		answer, problem = p.Answer(answer[:0], question)
		if problem != nil {
			told := *problem
			told.File, told.Line, told.Column = name, n, max(1, told.Column)
			if problem.Code == "return_rate" {
				lacking = &told
			} else if first == nil {
				first = &told
			}
		}
		if _, err := out.Write(append(answer, '\n')); err != nil {
			return err
		}
	}
	if err := errors.Join(out.Flush(), ctx.Err()); err != nil {
		return err
	}
	switch {
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

	Explain policyExplainCmd `cmd:"" help:"What is known of a rule or a parameter: formula, dated values, articles, worked examples."`
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
func sayProblem(problem *policy.Problem) string { return lawbook.Refused(words(), problem) }

type policyExplainCmd struct {
	Name string `arg:"" optional:"" help:"A rule or a parameter, as steps name them; all are listed without one."`
	knownBy
}

func (c *policyExplainCmd) Run(t terminal) error {
	p, err := c.read()
	if err != nil {
		return err
	}
	book, err := lawbook.New(words(), p)
	if err != nil {
		return err
	}
	text := book.Contents()
	if c.Name != "" {
		page := book.Page(c.Name)
		if page == nil {
			return usageError{errors.New(book.Say("unknown", "name", c.Name))}
		}
		text = book.Text(page)
	}
	_, err = io.WriteString(t.out, text)
	return err
}
