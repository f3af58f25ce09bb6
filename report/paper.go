package report

import (
	"cmp"
	_ "embed"
	"io"
	"slices"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/messages"
)

// vietnamese is Be Vietnam Pro, under the SIL Open Font License in font/OFL.txt. It
// has the letters of Vietnamese and English, none of Bengali.
//
//go:embed font/BeVietnamPro-Regular.ttf
var vietnamese []byte

// Honoured is who stands among the first of a league, and gets a certificate: the first so many.
const Honoured = 3

// The colours of papers, as of the screens in daylight.
var (
	inkMain  = [3]int{0x10, 0x24, 0x2a}
	inkQuiet = [3]int{0x52, 0x61, 0x66}
	inkMark  = [3]int{0x0b, 0x6b, 0x63}
	inkWarn  = [3]int{0x8a, 0x5a, 0x00}
)

// paper is a document of one size, of pages that each stand alone. Lengths are
// millimetres, sizes of type points.
type paper struct {
	*fpdf.Fpdf
	words         *messages.Printer
	width, height float64
	shaper        *shaper // of languages whose letters join; else nil
}

// newPaper begins a document. The same content at the same instant is the same
// bytes.
func newPaper(words *messages.Printer, title string, width, height float64, at time.Time) *paper {
	// fpdf turns the size of a page that is wider than high.
	orientation, size := "P", fpdf.SizeType{Wd: width, Ht: height}
	if width > height {
		orientation, size = "L", fpdf.SizeType{Wd: height, Ht: width}
	}
	f := fpdf.NewCustom(&fpdf.InitType{OrientationStr: orientation, UnitStr: "mm", Size: size})
	f.SetCatalogSort(true)
	f.SetCreationDate(at.UTC())
	f.SetModificationDate(at.UTC())
	f.SetTitle(title, true)
	f.SetProducer("Caunoi", true)
	f.SetLang(words.Lang())
	f.SetAutoPageBreak(false, 0)
	f.SetMargins(0, 0, 0)
	p := &paper{f, words, width, height, nil}
	if words.Lang() == "bn" {
		p.shaper = newShaper()
	} else {
		f.AddUTF8FontFromBytes("be", "", vietnamese)
	}
	return p
}

// line writes a text on one line in the middle of a span, smaller if it is too
// long; bold is drawn with its outline.
func (p *paper) line(x, y, width, size float64, bold bool, ink [3]int, text string) {
	if p.shaper != nil {
		p.shaped(x, y, width, size, bold, ink, text)
		return
	}
	p.SetFont("be", "", size)
	if wide := p.GetStringWidth(text); wide > width {
		p.SetFontSize(size * width / wide)
	}
	p.ink(ink, bold, size)
	p.SetXY(x, y)
	p.CellFormat(width, p.millimetres(size)*1.4, text, "", 0, "C", false, 0, "")
	p.SetTextRenderingMode(0)
}

// block writes a text on as many lines as it takes, and gives where it ends.
func (p *paper) block(x, y, width, size float64, ink [3]int, text string) float64 {
	if p.shaper != nil {
		for _, line := range p.shaper.lines(text, width/p.millimetres(size)) {
			p.shaped(x, y, width, size, false, ink, line)
			y += p.millimetres(size) * 1.4
		}
		return y
	}
	p.SetFont("be", "", size)
	p.ink(ink, false, size)
	p.SetXY(x, y)
	p.MultiCell(width, p.millimetres(size)*1.4, text, "", "C", false)
	return p.GetY()
}

// shaped is line for texts that are shaped.
func (p *paper) shaped(x, y, width, size float64, bold bool, ink [3]int, text string) {
	runs, wide := p.shaper.runs(text)
	high := p.millimetres(size)
	size = min(high, width/max(wide, 1e-9))
	p.SetFillColor(ink[0], ink[1], ink[2])
	style := "F"
	if bold {
		p.SetDrawColor(ink[0], ink[1], ink[2])
		p.SetLineWidth(size * 0.03)
		style = "FD"
	}
	p.draw(runs, x+(width-wide*size)/2, y+0.7*high+0.3*size, size, style)
}

func (p *paper) ink(ink [3]int, bold bool, size float64) {
	p.SetTextColor(ink[0], ink[1], ink[2])
	if bold {
		p.SetDrawColor(ink[0], ink[1], ink[2])
		p.SetLineWidth(p.millimetres(size) * 0.03)
		p.SetTextRenderingMode(2)
	}
}

func (p *paper) millimetres(points float64) float64 { return points * 25.4 / 72 }

func (p *paper) frame(inset, width float64) {
	p.SetDrawColor(inkMark[0], inkMark[1], inkMark[2])
	p.SetLineWidth(width)
	p.Rect(inset, inset, p.width-2*inset, p.height-2*inset, "D")
}

// synthetic marks what no machine should be believed.
func (p *paper) synthetic(c *campaign.Campaign, y, size float64) {
	if c.Synthetic {
		p.line(8, y, p.width-16, size, true, inkWarn, strings.ToUpper(p.words.Text("report.certificate.synthetic")))
	}
}

func (p *paper) agency(plan *campaign.Plan, c *campaign.Campaign) string {
	return strings.ToUpper(p.words.Text("report.certificate.agency", "province", provinceName(plan, c)))
}

func provinceName(plan *campaign.Plan, c *campaign.Campaign) string {
	if o := plan.Offices[c.Province]; o != nil {
		return o.Name
	}
	return ""
}

// Certificates writes a page, A4 across, for each who stands among the first
// three: offices, or campaigners. The figures are as closed then. Refusal:
// league.nobody.
func (c *Contest) Certificates(w io.Writer, words *messages.Printer, campaigners bool, closed time.Time) error {
	list, whose := c.Offices(always), "offices"
	if campaigners {
		list, whose = c.Campaigners(always), "campaigners"
	}
	list = slices.DeleteFunc(list, func(s Standing) bool { return s.Rank == 0 || s.Rank > Honoured || s.Points == 0 })
	if len(list) == 0 {
		return journal.Refuse("league.nobody")
	}
	p := newPaper(words, words.Text("report.certificate.title"), 297, 210, closed)
	for i := range list {
		p.certificate(c, &list[i], whose, journal.DayOf(closed))
	}
	return p.Output(w)
}

// always is a day after all others.
const always = journal.Day("9999-12-31")

func (p *paper) certificate(c *Contest, s *Standing, whose string, closed journal.Day) {
	text := p.words.Text
	p.AddPage()
	p.frame(8, 1.2)
	p.frame(10.5, 0.3)
	const left, width = 25, 247
	p.line(left, 20, width, 13, true, inkQuiet, p.agency(c.Plan, c.Campaign))
	p.line(left, 34, width, 36, true, inkMark, strings.ToUpper(text("report.certificate.title")))
	p.line(left, 55, width, 14, false, inkQuiet, text("report.certificate.to"))
	p.line(left, 64, width, 30, true, inkMain, s.name())
	if s.Campaigner != nil {
		p.line(left, 79, width, 14, false, inkQuiet, s.Office.Name)
	}
	p.line(left, 90, width, 18, true, inkMark, text("report.certificate.rank."+whose, "rank", s.Rank))
	run := c.Campaign
	p.line(left, 101, width, 14, false, inkMain, text("report.certificate.campaign",
		"campaign", run.Name.In(p.words.Lang()), "from", run.Start, "to", run.End))
	rule := *c.Rule
	if s.Campaigner != nil {
		rule.Per = c.CampaignersPer()
	}
	var figures []string
	if s.Score != nil {
		score := text("desk.league.score."+string(rule.Per), "n", p.words.Decimal(float64(*s.Score)/10))
		figures = append(figures, text("report.certificate.result", "score", score))
	}
	for _, part := range s.Parts {
		figures = append(figures, text("report.certificate.figure", "figure", nameOf(p.words, part.Indicator), "value", part.Figure))
	}
	end := p.block(left+20, 113, width-40, 13, inkMain, strings.Join(figures, "   ·   "))
	p.block(left+10, end+4, width-20, 9.5, inkQuiet, text("report.certificate.closed", "day", p.words.LongDate(closed), "rule", Sentence(p.words, &rule)))
	const right, column = 170, 102
	p.line(right, 152, column, 12, false, inkMain, text("report.certificate.date", "province", provinceName(c.Plan, run), "date", p.words.LongDate(closed)))
	p.line(right, 159, column, 12, true, inkMain, strings.ToUpper(text("report.certificate.sign")))
	p.line(right, 165.5, column, 10, false, inkQuiet, text("report.certificate.seal"))
	p.synthetic(run, 191, 10)
}

// Badges writes a page, A6 upright, for each of some campaigners, by office and
// name, to be worn while the campaign runs. Refusal: league.nobody.
func Badges(w io.Writer, words *messages.Printer, plan *campaign.Plan, c *campaign.Campaign, ids []string) error {
	var list []*campaign.Campaigner
	for _, id := range ids {
		if who := plan.Campaigners[id]; who != nil {
			list = append(list, who)
		}
	}
	if len(list) == 0 {
		return journal.Refuse("league.nobody")
	}
	office := func(who *campaign.Campaigner) string {
		if o := plan.Offices[who.Office]; o != nil {
			return o.Name
		}
		return who.Office
	}
	slices.SortFunc(list, func(a, b *campaign.Campaigner) int {
		return cmp.Or(cmp.Compare(office(a), office(b)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	p := newPaper(words, c.Name.In(words.Lang()), 105, 148, c.Start.Start())
	for _, who := range list {
		role := words.Text("report.badge.campaigner")
		if o := plan.Offices[who.Partner]; o != nil {
			role = words.Text("report.badge.agent", "partner", o.Name)
		} else if who.Lead {
			role = words.Text("report.badge.lead")
		}
		p.AddPage()
		p.SetFillColor(inkMark[0], inkMark[1], inkMark[2])
		p.Rect(0, 0, p.width, 26, "F")
		p.line(6, 9, p.width-12, 12, true, [3]int{255, 255, 255}, p.agency(plan, c))
		p.block(8, 36, p.width-16, 12, inkQuiet, c.Name.In(words.Lang()))
		p.line(6, 64, p.width-12, 28, true, inkMain, who.Name)
		p.line(6, 82, p.width-12, 14, false, inkMark, role)
		p.line(6, 92, p.width-12, 16, true, inkMain, office(who))
		p.line(6, 116, p.width-12, 11, false, inkQuiet, words.Date(c.Start)+" – "+words.Date(c.End))
		p.synthetic(c, 136, 8)
	}
	return p.Output(w)
}
