package policy

// Problem is what is wrong with a question or a file of parameters. Its words
// are in the catalogues, by Code:
//
//	syntax       the text is no JSON: What was wanted at this place
//	twice        What stands twice
//	unknown      What is no name that is known; Like is the nearest that is
//	missing      What must be given
//	value        What is given is not one of Choices, or of the form Choices
//	range        Field must be from Min to Max, in Unit
//	before       Field lies before the first value of the parameter What, Min
//	after        Field lies after the last value of the parameter What, Max
//	return_rate  nobody has published the return of the fund for that date
//	order        from is after to
//	swapped      a date whose day and month are exchanged, What
//	overlap      two periods of the parameter What share the day Min
//	gap          the parameter What has no value on the day Min
//	unfit        a quote of kind What has no place for Field
//	long         the text is longer than What bytes
//	many         there are more faults than are told at once
type Problem struct {
	File         string // of parameters; empty for a question
	Line, Column int    // from 1, in letters; 0 where no text is meant
	Code         string
	Field        string // of a question: "income"
	What         string
	Like         string
	Choices      string
	Unit         Unit
	Min, Max     int64
}

// Error is for logs; people read the catalogue's words.
func (p *Problem) Error() string {
	b := append([]byte(nil), "policy: "...)
	if p.File != "" {
		b = append(append(b, p.File...), ':')
	}
	if p.Line > 0 {
		b = append(appendInt(append(appendInt(b, int64(p.Line)), ':'), int64(p.Column)), ": "...)
	}
	return string(p.append(b))
}

// append writes the problem as JSON.
func (p *Problem) append(b []byte) []byte {
	b = quote(append(b, `{"code":`...), p.Code)
	text := func(name, value string) {
		if value != "" {
			b = append(append(append(b, `,"`...), name...), `":`...)
			b = quote(b, value)
		}
	}
	text("field", p.Field)
	text("what", p.What)
	text("like", p.Like)
	text("choices", p.Choices)
	if p.Unit != 0 {
		text("unit", p.Unit.String())
		b = p.Unit.append(append(b, `,"min":`...), p.Min, 1)
		b = p.Unit.append(append(b, `,"max":`...), p.Max, 1)
	}
	if p.Line > 0 {
		b = appendInt(append(b, `,"line":`...), int64(p.Line))
		b = appendInt(append(b, `,"column":`...), int64(p.Column))
	}
	return append(b, '}')
}
