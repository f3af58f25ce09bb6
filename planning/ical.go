package planning

import (
	"cmp"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// Limits of a calendar that is read. A line longer than a text can be is left
// out.
const (
	mostCalendar = 4 << 20 // bytes
	mostOfLine   = 8 << 10
	mostOfHead   = 512 // bytes of a line before its value
	mostRepeats  = 5 * time.Second
)

// ours begins the properties that only we read, whose values are what a draft
// holds: ids, not names.
const ours = "X-CAUNOI-"

// WriteCalendar writes the plan as an iCalendar (RFC 5545) with a name, for
// calendars to show, and with what [ReadCalendar] needs to have it back. text
// gives the words: activity.… and plan.column.….
func WriteCalendar(w io.Writer, name string, now time.Time, text func(string) string, plan *campaign.Plan, sessions []*tally.Session) error {
	cal := ics.NewCalendar()
	cal.SetProductId("-//Caunoi//Caunoi//VI")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(clean(name))
	cal.SetXWRTimezone(journal.Zone.String())
	all := newGazetteer(plan, "")
	for _, s := range sessions {
		commune, village := all.communes.label(s.Commune), all.villages(s.Commune).label(s.Village)
		e := cal.AddEvent(s.ID.String() + "@caunoi")
		e.SetDtStampTime(now)
		e.SetStartAt(s.Start)
		e.SetEndAt(s.End)
		e.SetSummary(clean(cmp.Or(s.SubKind, text("activity."+string(s.Kind))) + " – " + commune))
		e.SetLocation(joined(", ", s.Place, s.Room, village, commune))
		if c := plan.CommuneOn(s.Commune, journal.DayOf(s.Start)); c != nil && (c.Lat != 0 || c.Lon != 0) {
			e.SetGeo(c.Lat, c.Lon)
		}
		e.AddCategory(string(s.Kind))
		e.SetStatus(ics.ObjectStatusConfirmed)
		if s.Status() == campaign.StatusCancelled {
			e.SetStatus(ics.ObjectStatusCancelled)
		}
		var team []string
		for _, id := range s.Team {
			name := id
			if p := plan.Campaigners[id]; p != nil {
				name = p.Name
			}
			team = append(team, name)
		}
		var about []string
		for _, part := range []struct {
			column string
			all    []string
		}{{"team", team}, {"topics", s.Topics}} {
			if list := joined("; ", part.all...); list != "" {
				about = append(about, clean(text("plan.column."+part.column))+": "+list)
			}
		}
		if len(about) > 0 {
			e.SetDescription(strings.Join(about, "\n"))
		}
		for _, p := range append(properties(draftOf(s), identified(s.Post).text), property{"VERSION", []string{identified(versionOf(s)).text}}) {
			for _, v := range p.values {
				if v = clean(v); v != "" {
					e.AddProperty(ics.ComponentProperty(ours+p.name), v)
				}
			}
		}
	}
	return cal.SerializeTo(w, ics.WithNewLineWindows)
}

type property struct {
	name   string
	values []string
}

// properties are what a draft is written as, beside its times.
func properties(d *Draft, post string) []property {
	return []property{
		{"KIND", []string{string(d.Kind)}},
		{"SUB-KIND", []string{d.SubKind}},
		{"OFFICE", []string{d.Office}},
		{"COMMUNE", []string{d.Commune}},
		{"VILLAGE", []string{d.Village}},
		{"PLACE", []string{d.Place}},
		{"ROOM", []string{d.Room}},
		{"LEAD", []string{d.Lead}},
		{"TEAM", d.Team},
		{"PARTNERS", d.Partners},
		{"VEHICLES", d.Vehicles},
		{"TOPICS", d.Topics},
		{"POST", []string{post}},
	}
}

func joined(between string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p = clean(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, between)
}

// event is a component of a calendar by its properties.
type event map[string][]*ics.BaseProperty

// text is the first value of a property.
func (e event) text(name string) string {
	if len(e[name]) == 0 {
		return ""
	}
	return clean(e[name][0].Value)
}

// texts are all its values.
func (e event) texts(name string) (out []string) {
	for _, p := range e[name] {
		if v := clean(p.Value); v != "" {
			out = append(out, v)
		}
	}
	return out
}

// calendar is a calendar that is being read.
type calendar struct {
	*cells
	events []event
	zones  map[string]*time.Location // nil where it is not known
	spent  time.Duration             // on repeats
}

// ReadCalendar reads the activities of a calendar that begin on the days from
// from to to. Those of [WriteCalendar] come back as they were, with the times
// that they have now; others are guessed: what was said in what they are called
// and where they are. Repeats come one by one, without ids. Refusals of all:
// planning.calendar, planning.elsewhen (with from and to), planning.many,
// sheet.too_big; of one, with the columns date (and the rule of repeats), to,
// commune, place and post: planning.cell.
func ReadCalendar(r io.Reader, plan *campaign.Plan, province string, from, to journal.Day) ([]Row, error) {
	raw, err := readAll(r, mostCalendar)
	if err != nil {
		return nil, err
	}
	k := &calendar{cells: &cells{gazetteer: newGazetteer(plan, province)}, zones: map[string]*time.Location{"": journal.Zone}}
	if !k.parse(string(raw)) {
		return nil, journal.Refuse("planning.calendar")
	}
	instead := map[string][]time.Time{} // of occurrences that have events of their own
	for _, e := range k.events {
		if at, _, ok := k.times(e["RECURRENCE-ID"]); ok {
			instead[e.text("UID")] = append(instead[e.text("UID")], at...)
		}
	}
	var out []Row
	for i, e := range k.events {
		k.row = i + 1
		row := Row{Number: k.row}
		starts, length, refusal := k.when(e, from, to, instead[e.text("UID")])
		if refusal != nil {
			row.Refusal, starts = refusal, []time.Time{{}}
		}
		if k.spent > mostRepeats || len(out)+len(starts) > MostAtOnce {
			return nil, journal.Refuse("planning.many", "most", MostAtOnce)
		}
		if len(starts) == 0 {
			continue
		}
		k.draft(&row, e)
		for _, start := range starts {
			one := row
			if !start.IsZero() {
				one.Draft.Start, one.Draft.End = start, start.Add(length)
			}
			series := len(e["RRULE"])+len(e["RDATE"])+len(e["RECURRENCE-ID"]) > 0
			if series {
				one.ID = journal.ID{}
			}
			if one.ID.IsZero() {
				one.UID = e.text("UID")
			}
			if one.UID != "" && series {
				of := start
				if at, _, ok := k.times(e["RECURRENCE-ID"]); ok {
					of = at[0]
				}
				one.UID += " " + of.UTC().Format(time.RFC3339)
			}
			out = append(out, one)
		}
	}
	if len(out) == 0 && len(k.events) > 0 {
		return nil, journal.Refuse("planning.elsewhen", "from", string(from), "to", string(to))
	}
	return out, nil
}

// wanted are the properties that are read, beside ours.
var wanted = []string{
	"UID", "SUMMARY", "LOCATION", "CATEGORIES", "STATUS", "DTSTART", "DTEND", "DURATION",
	"RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "TZID", "TZOFFSETTO",
}

// parse takes a calendar apart. It says whether it is one, and whole; a
// property that is not well formed is left out.
func (k *calendar) parse(text string) bool {
	// Lines are unfolded first: some are folded within a character (RFC 5545, 3.1).
	text = strings.NewReplacer("\r\n ", "", "\r\n\t", "", "\n ", "", "\n\t", "", "\r\n", "\n").Replace(text)
	text = strings.TrimPrefix(strings.ToValidUTF8(text, " "), "\ufeff")
	var within []string // components, the outermost first
	is := false
	var e event
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		i := strings.IndexAny(line, ":;")
		if i < 0 {
			if len(within) == 0 && strings.TrimSpace(line) != "" {
				return false
			}
			continue
		}
		name, value := strings.ToUpper(line[:i]), strings.ToUpper(strings.TrimSpace(line[i+1:]))
		switch depth := len(within); {
		case name == "BEGIN":
			if (depth == 0) != (value == "VCALENDAR") || depth > 8 {
				return false
			}
			if is = true; depth == 1 {
				e = event{}
			}
			within = append(within, value)
		case depth == 0:
			return false
		case name == "END":
			if value != within[depth-1] {
				return false
			}
			switch within = within[:depth-1]; {
			case depth == 2 && value == "VEVENT":
				k.events = append(k.events, e)
			case depth == 2 && value == "VTIMEZONE":
				k.define(e)
			}
		case depth == 2 && within[1] == "VEVENT", depth > 1 && within[1] == "VTIMEZONE":
			if !slices.Contains(wanted, name) && !strings.HasPrefix(name, ours) || len(line) > mostOfLine || headOf(line) > mostOfHead {
				continue
			}
			if p, err := ics.ParseProperty(ics.ContentLine(name + line[i:])); err == nil && p != nil {
				e[name] = append(e[name], p)
			}
		}
	}
	return is && len(within) == 0
}

// headOf is the length of what stands before the value of a line.
func headOf(line string) int {
	quoted := false
	for i, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ':' && !quoted:
			return i
		}
	}
	return len(line)
}

// define takes a zone of the calendar's own that has one offset.
func (k *calendar) define(e event) {
	offsets := slices.Compact(e.texts("TZOFFSETTO"))
	name := e.text("TZID")
	if at, err := time.Parse("-0700", strings.Join(offsets, " ")); err == nil && name != "" {
		_, offset := at.Zone()
		k.zones[name] = time.FixedZone(name, offset)
	}
}

// zone is that of a property: without a name, the country's.
func (k *calendar) zone(p *ics.BaseProperty) *time.Location {
	name := strings.Join(p.ICalParameters["TZID"], "")
	if z, known := k.zones[name]; known {
		return z
	}
	parts := strings.Split(name, "/") // some put a name of their own before
	k.zones[name] = nil               // until it is found
	for _, try := range []string{name, strings.Join(parts[max(0, len(parts)-2):], "/")} {
		if z, err := time.LoadLocation(try); err == nil && try != "Local" {
			k.zones[name] = z
			break
		}
	}
	return k.zones[name]
}

// times are the values of a property, and whether they are days. It is not ok
// if there are none, or one cannot be read.
func (k *calendar) times(ps []*ics.BaseProperty) (out []time.Time, days, ok bool) {
	for _, p := range ps {
		zone := k.zone(p)
		if zone == nil {
			return nil, false, false
		}
		for v := range strings.SplitSeq(strings.TrimSpace(p.Value), ",") {
			var t time.Time
			var err error
			switch {
			case len(v) == len("20060102"):
				t, err = time.ParseInLocation("20060102", v, journal.Zone)
				days = true
			case strings.HasSuffix(v, "Z"):
				t, err = time.Parse("20060102T150405Z", v)
			default:
				t, err = time.ParseInLocation("20060102T150405", v, zone)
			}
			if err != nil || t.Year() < 1900 || t.Year() > 2200 {
				return nil, false, false
			}
			out = append(out, t)
		}
	}
	return out, days, len(out) > 0
}

var durationForm = regexp.MustCompile(`^\+?P(?:(\d{1,3})W)?(?:(\d{1,4})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$`)

// when says on which instants between two days an event begins, and how long
// it is. One of whole days is from 8 to 17 o'clock.
func (k *calendar) when(e event, from, to journal.Day, without []time.Time) ([]time.Time, time.Duration, *journal.Refusal) {
	k.column = "plan.column.date"
	at, days, ok := k.times(e["DTSTART"])
	if !ok {
		return nil, 0, k.bad(e.text("DTSTART"))
	}
	start := at[0]
	end := start.Add(lasts)
	if days {
		end = start.AddDate(0, 0, 1)
	}
	k.column = "plan.column.to"
	if m := durationForm.FindStringSubmatch(e.text("DURATION")); m != nil {
		end = start
		for i, unit := range []time.Duration{7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second} {
			n, _ := strconv.Atoi(m[i+1]) // digits or nothing
			end = end.Add(time.Duration(n) * unit)
		}
	}
	if len(e["DTEND"]) > 0 {
		ends, _, ok := k.times(e["DTEND"])
		if !ok || ends[0].Before(start) {
			return nil, 0, k.bad(e.text("DTEND"))
		}
		end = ends[0]
	}
	if end.Sub(start) > 366*24*time.Hour {
		return nil, 0, k.bad(cmp.Or(e.text("DTEND"), e.text("DURATION")))
	}
	k.column = "plan.column.date"
	starts, ok := k.repeats(e, start, to)
	if !ok {
		return nil, 0, k.bad(cmp.Or(e.text("RRULE"), e.text("RDATE")))
	}
	except := map[int64]bool{} // seconds, since the lists may be long
	not, notDays, ok := k.times(e["EXDATE"])
	if !ok && len(e["EXDATE"]) > 0 {
		return nil, 0, k.bad(e.text("EXDATE"))
	}
	if len(e["RECURRENCE-ID"]) == 0 {
		not = append(not, without...)
	}
	for _, t := range not {
		except[t.Unix()] = true
	}
	length, opens := end.Sub(start), time.Duration(0)
	if days {
		opens = 8 * time.Hour
		length = max(length, 24*time.Hour) - 15*time.Hour
	}
	var out []time.Time
	for _, t := range starts {
		d := journal.DayOf(t)
		if from <= d && d <= to && !except[t.Unix()] && !(notDays && except[d.Start().Unix()]) {
			out = append(out, t.Add(opens).In(journal.Zone))
			except[t.Unix()] = true // once, though two rules may say it
		}
	}
	return out, length, nil
}

// untilDay is a last day without an hour, as some write it of events that have one.
var untilDay = regexp.MustCompile(`(UNTIL=\d{8})(;|$)`)

// repeats are the instants until a day on which an event begins that begins on
// one first.
func (k *calendar) repeats(e event, start time.Time, to journal.Day) ([]time.Time, bool) {
	starts := []time.Time{start}
	more, _, ok := k.times(e["RDATE"])
	if !ok && len(e["RDATE"]) > 0 {
		return nil, false
	}
	if rule := e.text("RRULE"); rule != "" {
		rule = untilDay.ReplaceAllString(strings.ToUpper(rule), "${1}T235959$2")
		o, err := rrule.StrToROptionInLocation(rule, start.Location())
		// What repeats within a day is no activity, and the lists could be long.
		if err != nil || len(rule) > mostOfHead || o.Freq > rrule.DAILY || o.Interval > 1000 || len(o.Byhour) > 1 || len(o.Byminute) > 1 || len(o.Bysecond) > 1 {
			return nil, false
		}
		o.Dtstart = start
		r, err := rrule.NewRRule(*o)
		if err != nil {
			return nil, false
		}
		starts = nil
		began := time.Now()
		for next := r.Iterator(); k.spent+time.Since(began) <= mostRepeats; {
			t, ok := next()
			if !ok || journal.DayOf(t) > to {
				break
			}
			starts = append(starts, t)
		}
		k.spent += time.Since(began)
	}
	return append(starts, more...), true
}

// draft reads what an event is, beside its times.
func (k *calendar) draft(r *Row, e event) {
	d := &r.Draft
	own := func(name string) string { return e.text(ours + name) }
	if id, is := strings.CutSuffix(e.text("UID"), "@caunoi"); is {
		r.ID, _ = journal.ParseID(id) // zero for what is not ours
	}
	r.Cancelled = strings.EqualFold(e.text("STATUS"), string(ics.ObjectStatusCancelled))
	for _, kind := range campaign.ActivityKinds {
		if own("KIND") == string(kind) {
			d.Kind, d.SubKind = kind, own("SUB-KIND")
		}
	}
	for _, category := range strings.Split(strings.Join(e.texts("CATEGORIES"), ","), ",") {
		for _, kind := range campaign.ActivityKinds {
			if d.Kind == "" && key(category) == key(string(kind)) {
				d.Kind = kind
			}
		}
	}
	if d.Kind == "" {
		d.Kind, d.SubKind = campaign.Other, first(100, e.text("SUMMARY"))
	}
	d.Office, d.Village, d.Room, d.Lead = own("OFFICE"), own("VILLAGE"), own("ROOM"), own("LEAD")
	d.Team, d.Partners = e.texts(ours+"TEAM"), e.texts(ours+"PARTNERS")
	d.Vehicles, d.Topics = e.texts(ours+"VEHICLES"), e.texts(ours+"TOPICS")
	refuse := func(column, value string) {
		k.column = "plan.column." + column
		r.Refusal = cmp.Or(r.Refusal, k.bad(value))
	}
	if d.Commune = own("COMMUNE"); d.Commune == "" {
		d.Commune = cmp.Or(k.commune(e.text("LOCATION")), k.commune(e.text("SUMMARY")))
	}
	if k.communes.called[d.Commune] == nil {
		refuse("commune", cmp.Or(d.Commune, joined(", ", e.text("LOCATION"), e.text("SUMMARY"))))
		d.Commune = ""
	}
	if d.Place = cmp.Or(own("PLACE"), first(300, e.text("LOCATION"))); d.Place == "" {
		refuse("place", "")
	}
	for _, named := range []struct {
		property, column string
		id               *journal.ID
	}{{"POST", "post", &d.Post}, {"VERSION", "version", &r.Seen}} {
		if text := own(named.property); text != "" {
			var err error
			if *named.id, err = journal.ParseID(text); err != nil {
				refuse(named.column, text)
			}
		}
	}
}

// first are the first characters of a text.
func first(n int, s string) string {
	if runes := []rune(s); len(runes) > n {
		return strings.TrimSpace(string(runes[:n]))
	}
	return s
}
