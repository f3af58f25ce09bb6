package report

import (
	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/tally"
)

// district is a row of the festival's fixture: what one office did.
type district struct {
	id, name                      string
	ceremonies, conferences       int
	groups, booths, teams, others int
	identified, heads             int
	si, hi, switches, target      int
	moved, movedAfter, donated    int
}

// festival are published totals, parted among eight offices in a made-up way.
var festival = []district{
	{"yen-binh", "Yên Bình", 1, 1, 40, 1, 0, 60, 1200, 642, 62, 1015, 167, 900, 0, 0, 0},
	{"van-chan", "Văn Chấn", 1, 1, 24, 0, 0, 24, 400, 300, 17, 110, 150, 420, 0, 0, 0},
	{"sa-pa", "Sa Pa", 1, 1, 20, 0, 1, 20, 300, 300, 20, 330, 20, 480, 12, 9, 20},
	{"bat-xat", "Bát Xát", 1, 1, 20, 0, 1, 20, 300, 300, 15, 280, 15, 450, 9, 7, 0},
	{"muong-khuong", "Mường Khương", 1, 0, 20, 0, 1, 20, 300, 300, 12, 250, 10, 430, 7, 5, 0},
	{"bac-ha", "Bắc Hà", 1, 1, 20, 0, 1, 20, 200, 300, 11, 241, 8, 400, 5, 4, 0},
	{"van-ban", "Văn Bàn", 1, 0, 20, 0, 0, 20, 200, 300, 12, 210, 6, 300, 3, 2, 0},
	{"cam-duong", "Cam Đường", 1, 0, 10, 1, 0, 20, 200, 200, 10, 150, 4, 0, 0, 0, 30},
}

const id = "lao-cai-2025"

func kind(k campaign.ActivityKind) tally.Indicator { return tally.ActivityIndicator(k) }

// festivalPlan has two communes for each office; the second is visited by
// nobody.
func festivalPlan() *campaign.Plan {
	c := &campaign.Campaign{
		ID: id, Kind: campaign.Festival, Province: "tinh", Start: "2025-11-01", End: "2025-11-24", Published: "2025-11-25",
		Name: campaign.Name{
			"vi": "Ngày hội tuyên truyền viên BHXH, BHYT", "en": "Festival of social-insurance campaigners",
			"bn": "সামাজিক বীমা প্রচারকর্মী উৎসব",
		},
		NamedOffices: []string{"yen-binh", "van-chan"}, Synthetic: true,
	}
	items := []campaign.Item{
		{Campaign: c},
		{Office: &campaign.Office{ID: "tinh", Kind: campaign.Province, Name: "Lào Cai", ProvinceCode: "15"}},
		{Office: &campaign.Office{ID: "buu-dien", Parent: "tinh", Kind: campaign.Partner, Name: "Bưu điện (mô phỏng)"}},
		{Office: &campaign.Office{ID: "khong-nguoi", Parent: "tinh", Kind: campaign.Partner, Name: "Đối tác không có nhân viên (mô phỏng)"}},
		{Campaigner: &campaign.Campaigner{ID: "nv-1", Name: "Nhân viên mô phỏng 1", Office: "sa-pa", Partner: "buu-dien"}},
		{Target: &campaign.Target{Campaign: id, Office: "tinh", Indicator: "switches.noncash", From: c.Start, To: c.End, Value: 400}},
	}
	for i, d := range festival {
		items = append(items,
			campaign.Item{Office: &campaign.Office{ID: d.id, Parent: "tinh", Kind: campaign.GrassRoots, Name: d.name, Order: i}},
			campaign.Item{Commune: &campaign.Commune{Code: d.id + "-1", Office: d.id}},
			campaign.Item{Commune: &campaign.Commune{Code: d.id + "-2", Office: d.id}},
		)
		if d.target > 0 {
			items = append(items,
				campaign.Item{Target: &campaign.Target{Campaign: id, Office: d.id, Indicator: "enrolments", From: c.Start, To: c.End, Value: d.target}},
				campaign.Item{Target: &campaign.Target{Campaign: id, Office: d.id, Indicator: "enrolments", From: "2025-11-10", To: c.End, Value: d.target / 2}},
			)
		}
	}
	return campaign.NewPlan(items)
}

func figure(office, commune string, day journal.Day, i tally.Indicator, closed, late int) tally.Figure {
	return tally.Figure{
		Key:  tally.Key{Campaign: id, Office: office, Commune: commune, Day: day, Indicator: i},
		Cell: tally.Cell{All: closed + late, Closed: closed},
	}
}

func festivalSheet() (sheet tally.Sheet) {
	for _, d := range festival {
		add := func(i tally.Indicator, closed int) {
			sheet = append(sheet, figure(d.id, d.id+"-1", "2025-11-20", i, closed, 0))
		}
		add(kind(campaign.OpeningCeremony), d.ceremonies)
		add(kind(campaign.DialogueConference), d.conferences)
		add(kind(campaign.SmallGroup), d.groups)
		add(kind(campaign.Booth), d.booths)
		add(kind(campaign.MobileTeam), d.teams)
		add(kind(campaign.Other), d.others)
		add(tally.Sessions, d.ceremonies+d.conferences+d.groups+3*d.booths+2*d.teams+d.others)
		add(tally.SessionsEvening, d.movedAfter+4)
		add(tally.SessionsMovedWeather, d.moved)
		add(tally.MovedWeatherEvening, d.movedAfter)
		add(tally.ReachedIdentified, d.identified)
		add(tally.ReachedHeadCount, d.heads)
		add(tally.Consultations, d.identified+50)
		add(tally.Questions, 150)
		add(tally.QuestionsAnswered, 148)
		add(tally.QuestionsSatisfied, 141)
		add(tally.EnrolledSI, d.si)
		add(tally.Switches, d.switches)
		add(tally.Donations, d.donated)
		add(tally.StudentDonations, d.donated)
		// A third joined before the peak days, five live elsewhere.
		early, elsewhere := d.hi/3, 0
		if d.id == "sa-pa" {
			elsewhere = 5
		}
		add(tally.EnrolledHI, d.hi-early-elsewhere)
		sheet = append(sheet,
			figure(d.id, d.id+"-1", "2025-11-03", tally.EnrolledHI, early, 0),
			figure(d.id, "", "2025-11-20", tally.EnrolledHI, elsewhere, 0))
	}
	return append(sheet,
		figure("yen-binh", "yen-binh-1", "2025-11-21", tally.EnrolledHI, 0, 3),
		figure("yen-binh", "yen-binh-1", "2025-11-21", tally.Switches, 0, -1),
		figure("yen-binh", "yen-binh-1", "2025-11-21", tally.RenewedHI, 64, 0),
		figure("yen-binh", "yen-binh-1", "2025-11-21", tally.RenewedSI, 12, 0))
}
