package fieldsync_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"caunoi/access"
	"caunoi/campaign"
	"caunoi/fieldsync"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/store"
	"caunoi/store/sqlite"
	"caunoi/store/storetest"
	"caunoi/vault"
)

var (
	ann  = access.Actor{User: access.User{ID: "ann", Name: "Mô phỏng An", Role: access.Campaigner, Office: "a"}, Device: "máy", State: access.InUse}
	lea  = access.Actor{User: access.User{ID: "lea", Name: "Mô phỏng Lê", Role: access.Lead, Office: "a"}}
	noon = time.Date(2025, 11, 10, 12, 0, 0, 0, journal.Zone)
)

// intake over an empty store with the sample plan and our users.
func intake(t *testing.T) (*fieldsync.Intake, store.Store) {
	t.Helper()
	s, err := sqlite.Open(t.Context(), t.TempDir(), vault.New())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	in := storetest.Intake(t, s)
	err = s.Update(t.Context(), func(tx store.Tx) error {
		bob := access.User{ID: "bob", Name: "Mô phỏng Bốn", Role: access.Campaigner, Office: "b"}
		return errors.Join(tx.PutUser(ann.User), tx.PutUser(lea.User), tx.PutUser(bob))
	})
	if err != nil {
		t.Fatal(err)
	}
	return in, s
}

func register(t *testing.T, in *fieldsync.Intake, s store.Store, list ...people.Record) (out []people.RowOutcome) {
	t.Helper()
	err := s.Update(t.Context(), func(tx store.Tx) error {
		plan, err := tx.Plan()
		if err != nil {
			return err
		}
		out, err = in.People().Import(tx, plan, lea, list)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func pull(t *testing.T, in *fieldsync.Intake, s store.Store, actor access.Actor) (p fieldsync.Pulled) {
	t.Helper()
	err := s.View(t.Context(), func(tx store.Tx) error {
		plan, err := in.PlanIn(tx)
		if err != nil {
			return err
		}
		p, err = in.Pull(tx, plan, actor)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// unpack reads a snapshot: its first line, and the others.
func unpack(t *testing.T, data []byte) (head struct {
	V             int
	Commune, Name string
	Salt          []byte
	Villages      [][2]any
}, rows [][]any,
) {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	for n := 0; lines.Scan(); n++ {
		var row []any
		var err error
		if n == 0 {
			err = json.Unmarshal(lines.Bytes(), &head)
		} else if err = json.Unmarshal(lines.Bytes(), &row); err == nil {
			rows = append(rows, row)
		}
		if err != nil {
			t.Fatalf("%s: %v", lines.Bytes(), err)
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return head, rows
}

// What is in a snapshot, and what is not: nobody's number, phone, address or
// bank, and nobody who asked to be left alone.
func TestSnapshotHoldsWhatAVisitNeeds(t *testing.T) {
	in, s := intake(t)
	yes, months := true, 130
	out := register(
		t, in, s,
		people.Record{
			Personal: people.Personal{
				Name: "Mô phỏng Lý A", Citizen: "010090000001", Birth: "1990-02-03", Phone: "0900000001", Address: "Số 1 mô phỏng", Bank: "99887766",
			},
			Commune: "001", Village: "Bản Hai", Household: "h2", Sex: "m", Student: &yes, Cash: &yes, SIMonths: &months,
			Covers: []people.Cover{{Scheme: outreach.HouseholdHI, Start: "2025-01-01", End: "2025-12-31"}},
		},
		people.Record{Personal: people.Personal{Name: "Mô phỏng Lý B", SI: "1000000001"}, BirthYear: 1950, Commune: "001", Village: "Bản Hai", Household: "h1"},
		people.Record{Personal: people.Personal{Name: "Mô phỏng Lý C", Card: "GD4101000000002"}, Commune: "001", Village: "Bản Ba", Household: "h9"},
		people.Record{Personal: people.Personal{Name: "Mô phỏng Lý D"}, Commune: "001", Village: "Bản Ba", Household: "h8"},
		people.Record{Personal: people.Personal{Name: "Mô phỏng Nơi Khác"}, Commune: "002", Village: "Bản Ba"},
	)
	err := s.Update(t.Context(), func(tx store.Tx) error {
		list, err := tx.PeopleByID(people.Scope{Whole: true}, []journal.ID{out[3].ID})
		if err != nil {
			return err
		}
		list[0].Restricted = true
		return tx.PutPeople(list)
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := in.Snapshot(t.Context(), "001")
	if err != nil {
		t.Fatal(err)
	}
	head, rows := unpack(t, got.Data)
	if head.V != 1 || head.Commune != "001" || head.Name != "Commune 001" || len(head.Salt) != 16 {
		t.Errorf("first line %+v", head)
	}
	if want := "[[Bản Ba 1] [Bản Hai 2]]"; fmt.Sprint(head.Villages) != want {
		t.Errorf("villages %v, want %s", head.Villages, want)
	}
	again, err := storetest.Intake(t, s).Snapshot(t.Context(), "001") // another process builds it anew
	if err != nil {
		t.Fatal(err)
	}
	if again.Tag != got.Tag {
		t.Errorf("the same people are %s, then %s: phones would take them again", got.Tag, again.Tag)
	}
	hash := func(number string) string {
		sum := sha256.Sum256(append(head.Salt, number...))
		return base64.RawURLEncoding.EncodeToString(sum[:9])
	}
	want := fmt.Sprint([][]any{
		{out[2].ID, 0, "h9", "Mô phỏng Lý C", "", "", "", "", 0, 0, "", "", "", "", "", hash("1000000002")},
		{out[1].ID, 1, "h1", "Mô phỏng Lý B", "", "1950", "", "", 0, 0, "", "", "", "", "", hash("1000000001")},
		{out[0].ID, 1, "h2", "Mô phỏng Lý A", "m", "1990-02-03", "2025-12-31", "", 130, 1 + 4, "", "", "", "", hash("010090000001"), ""},
	})
	if fmt.Sprint(rows) != want {
		t.Errorf("rows %v\nwant %v", rows, want)
	}
	if n := pull(t, in, s, ann).Communes[0].People; n != got.People || n != 3 {
		t.Errorf("the plan tells of %d, the file of %d, want 3", n, got.People)
	}
	z, err := gzip.NewReader(bytes.NewReader(got.Data))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"010090000001", "0900000001", "Số 1", "99887766", "Lý D", "Nơi Khác"} {
		if bytes.Contains(text, []byte(secret)) {
			t.Errorf("it holds %q", secret)
		}
	}
}

// The map of a commune travels in the first line of its file, small, and the
// same each time.
func TestSnapshotHoldsTheGround(t *testing.T) {
	in, s := intake(t)
	register(t, in, s, people.Record{Personal: people.Personal{Name: "Mô phỏng Lý A"}, Commune: "001", Village: "Bản Hai", Household: "h1"})
	if got, err := in.Snapshot(t.Context(), "001"); err != nil || strings.Contains(firstLine(t, got.Data), "ground") {
		t.Errorf("nothing was imported: %s, %v", firstLine(t, got.Data), err)
	}
	err := s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(
			tx.PutBoundaries(map[string][]byte{"001": []byte(`{"type":"Polygon","coordinates":[[[104.25,22.5],[104.3,22.5],[104.3,22.55],[104.27501,22.55],[104.25,22.55],[104.25,22.5]]]}`)}),
			tx.PutPoints([]campaign.Point{
				{Commune: "001", Village: "Bản Hai", Lat: 22.51, Lon: 104.26},
				{Commune: "001", Village: "Bản Hai", Household: "h1", Lat: 22.512345, Lon: 104.26001},
				{Commune: "001", Village: "Bản Ba", Household: "h1", Lat: 22.51, Lon: 104.265},
				{Commune: "002", Village: "Bản Xa", Lat: 22.6, Lon: 104.4},
			}),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	for range 2 {
		got, err := storetest.Intake(t, s).Snapshot(t.Context(), "001")
		if err != nil {
			t.Fatal(err)
		}
		tags = append(tags, got.Tag)
		want := `"ground":{"rings":[[10425000,2250000,5000,0,0,5000,-5000,0,0,-5000]],"villages":[["Bản Hai",10426000,2251000]],"houses":[["Bản Ba",[["h1",10426500,2251000]]],["Bản Hai",[["h1",10426001,2251235]]]]}`
		if line := firstLine(t, got.Data); !strings.Contains(line, want) {
			t.Errorf("got %s, want %s", line, want)
		}
	}
	if tags[0] != tags[1] {
		t.Errorf("tags %v", tags)
	}
}

// firstLine is the first line of a snapshot.
func firstLine(t *testing.T, data []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(z).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}

// names as they are in Lào Cai, marked as made up.
var (
	surnames = []string{"Nguyễn", "Trần", "Hoàng", "Lý", "Vàng", "Giàng", "Lù", "Sùng", "Thào", "Tẩn", "Chảo", "Phàn", "Bàn", "Đặng", "Triệu", "Lục", "Nông", "Vương", "Hầu", "Cư", "Ma", "Lồ", "Tráng", "Seo"}
	middles  = []string{"Thị", "Văn", "A", "Seo", "Thị Ngọc", "Đức", "Minh", "Thu", "Mạnh", "Láo", "Mùi", "Quang", "Thanh", "Hồng", "Xuân", "Bích"}
	givens   = []string{"Páo", "Dở", "Mẩy", "Sử", "Chú", "Súa", "Pàng", "Lan", "Huệ", "Hương", "Tuấn", "Hùng", "Dũng", "Anh", "Thảo", "Hạnh", "Phương", "Linh", "Nhung", "Yến", "Sơn", "Hải", "Toàn", "Phúc", "Vinh", "Kim", "Ngân", "Oanh", "Quỳnh", "Trang", "Xuyến", "Duyên", "Sáng", "Chính", "Giáo", "Tếnh", "Vảng", "Dế", "Ký", "Lử"}
	villages = []string{"Bản Liền", "Đội 1", "Đội 2", "Đội 3", "Đội 4", "Khu Chu Tủng", "Nậm Thảng", "Pắc Kẹ", "Xà Phìn", "Bản Dìn", "Nậm Khánh", "Cốc Đào"}
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// All that a phone takes of a commune of 3,000 people, with the place of each
// household, and 500 activities comes through a link of 6 KB/s in 68 seconds.
func TestThePullOfACommuneIsSmall(t *testing.T) {
	const most, inhabitants, activities = 400 << 10, 3000, 500
	in, s := intake(t)
	r := rand.New(rand.NewPCG(3, 9))
	var list []people.Record
	for i := range inhabitants {
		months, student, cash := r.IntN(240), r.IntN(5) == 0, r.IntN(15) == 0
		rec := people.Record{
			Personal: people.Personal{
				Name:    "Mô phỏng " + pick(r, surnames) + " " + pick(r, middles) + " " + pick(r, givens),
				Citizen: fmt.Sprintf("010%09d", r.IntN(1e9)), SI: fmt.Sprintf("10%08d", r.IntN(1e8)),
				Birth: fmt.Sprintf("%d-%02d-%02d", 1940+r.IntN(85), 1+r.IntN(12), 1+r.IntN(28)),
			},
			Commune: "001", Village: villages[i*len(villages)/inhabitants], Household: fmt.Sprintf("10-%05d", 10000+i/4), Sex: []string{"f", "m"}[r.IntN(2)],
			SIMonths: &months, Student: &student, Cash: &cash,
			Covers: []people.Cover{{Scheme: outreach.HouseholdHI, Start: "2025-01-01", End: journal.DayOf(noon.AddDate(0, 0, r.IntN(400)-100))}},
		}
		list = append(list, rec)
		if len(list) == 500 {
			register(t, in, s, list...)
			list = nil
		}
	}
	err := s.Update(t.Context(), func(tx store.Tx) error { // visits and assignments, as the journal would tell
		all, _, err := tx.FindPeople(people.Scope{Offices: []string{"a"}}, people.Query{Limit: inhabitants})
		for i := range all {
			all[i].Assigned = fmt.Sprintf("campaigner-%02d", len(all[i].Village)%5)
			if r.IntN(2) == 0 {
				all[i].LastVisit, all[i].Outcome = noon.Add(-time.Duration(r.IntN(2000))*time.Hour), outreach.Promised
				all[i].FollowUp = journal.DayOf(noon.AddDate(0, 0, r.IntN(30)))
			}
		}
		return errors.Join(err, tx.PutPeople(all))
	})
	if err != nil {
		t.Fatal(err)
	}
	points := []campaign.Point{}
	for _, v := range villages {
		points = append(points, campaign.Point{Commune: "001", Village: v, Lat: 22 + r.Float64()/10, Lon: 104 + r.Float64()/10})
	}
	for i := range inhabitants / 4 {
		points = append(points, campaign.Point{Commune: "001", Village: villages[i%len(villages)], Household: fmt.Sprintf("10-%05d", 10000+i), Lat: 22 + r.Float64()/10, Lon: 104 + r.Float64()/10})
	}
	var ring strings.Builder // a boundary as those of Lào Cai: a few hundred corners
	for i := range 400 {
		angle := 2 * math.Pi * float64(i) / 399
		far := 0.05 * (1 + r.Float64()/10)
		fmt.Fprintf(&ring, "[%.4f,%.4f],", 104.05+far*math.Cos(angle), 22.05+far*math.Sin(angle))
	}
	err = s.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.PutPoints(points), tx.PutBoundaries(map[string][]byte{
			"001": []byte(`{"type":"Polygon","coordinates":[[` + strings.TrimSuffix(ring.String(), ",") + `]]}`),
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	m := storetest.NewMaker()
	var plans []journal.Line
	for range activities {
		start := storetest.At(8+r.IntN(20), 7+r.IntN(13)).Add(time.Duration(r.IntN(60)) * time.Minute)
		l := m.Make("activity_planned", "ann", storetest.At(1, 0), campaign.Planned{
			Kind: campaign.ActivityKinds[r.IntN(len(campaign.ActivityKinds))], Place: "Mô phỏng nhà văn hoá " + pick(r, villages), Village: pick(r, villages),
			Start: start, End: start.Add(3 * time.Hour), Lead: []string{"ann", "lea"}[r.IntN(2)], Team: []string{"ann", "lea", "bob"}[r.IntN(3):], Topics: []string{"hi", "si"},
		})
		l.Entry.ID = journal.NewID()
		plans = append(plans, l)
	}
	for _, o := range storetest.Import(t, in, plans...) {
		if o.Refusal != nil {
			t.Fatal(o.Refusal)
		}
	}
	began := time.Now()
	file, err := in.Snapshot(t.Context(), "001")
	if err != nil {
		t.Fatal(err)
	}
	built := time.Since(began)
	began = time.Now()
	p := pull(t, in, s, ann)
	pulled := time.Since(began)
	text, err := p.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	z, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	_, _ = z.Write(text)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if file.People != inhabitants || len(p.Activities) != activities {
		t.Fatalf("%d people, %d activities", file.People, len(p.Activities))
	}
	total := len(file.Data) + packed.Len()
	t.Logf("people %d bytes in %v, plan %d bytes (%d unpacked) in %v, together %d of %d", len(file.Data), built, packed.Len(), len(text), pulled, total, most)
	if total > most {
		t.Errorf("it takes %d bytes, more than %d", total, most)
	}
}

// The own come first where there are too many, and what is long over or far
// ahead stays away.
func TestPullPicksActivities(t *testing.T) {
	in, s := intake(t)
	m := storetest.NewMaker()
	plan := func(author string, start time.Time, team ...string) journal.Line {
		return m.Make("activity_planned", author, storetest.At(1, 0), campaign.Planned{
			Kind: campaign.SmallGroup, Place: "Nhà văn hoá", Start: start, End: start.Add(2 * time.Hour), Lead: author, Team: team,
		})
	}
	theirs := plan("bob", noon)
	withMe := plan("bob", noon.Add(time.Hour), "ann")
	over, ending := plan("lea", storetest.At(7, 21)), plan("lea", storetest.At(8, 0))
	unclosed, given := plan("lea", storetest.At(3, 21)), plan("lea", storetest.At(2, 21)) // a week is for who forgot
	done := m.Hold("lea", storetest.At(7, 23), over.Entry.ID, 12)
	last, far := plan("lea", storetest.At(31, 23)), plan("lea", storetest.At(32, 0)) // 1 and 2 December
	moved := m.Make("activity_moved", "lea", storetest.At(8, 0), campaign.Moved{Reason: campaign.Weather, Start: storetest.At(12, 8), End: storetest.At(12, 9)})
	moved.Entry.Activity = ending.Entry.ID
	held := m.Hold("bob", noon, withMe.Entry.ID, 31)
	for _, o := range storetest.Import(t, in, theirs, withMe, over, done, unclosed, given, ending, last, far, moved, held) {
		if o.Refusal != nil {
			t.Fatal(o.Refusal)
		}
	}
	p := pull(t, in, s, ann)
	var got []string
	for _, a := range p.Activities {
		got = append(got, fmt.Sprint(a.ID, a.Status, a.Mine))
	}
	want := []string{fmt.Sprint(unclosed.Entry.ID, "planned", false), fmt.Sprint(withMe.Entry.ID, "held", true), fmt.Sprint(ending.Entry.ID, "moved", false), fmt.Sprint(last.Entry.ID, "planned", false)}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %v\nwant %v", got, want)
	}
	p.Activities = p.Activities[1:]
	if a := p.Activities[0]; a.HeadCount == nil || *a.HeadCount != 31 || a.MovedFrom != nil || a.Team[0] != (fieldsync.Member{ID: "ann", Name: "Worker ann"}) || a.Commune.Name != "Commune 003" {
		t.Errorf("held: %+v", a)
	}
	if a := p.Activities[1]; a.MovedFrom == nil || !a.MovedFrom.Equal(storetest.At(8, 0)) || a.Reason != "weather" {
		t.Errorf("moved: %+v", a)
	}
	if got := fmt.Sprintf("%d %s %s %v", len(p.Campaigns), p.Campaigns[0].ID, p.Campaigns[1].ID, p.Me.Communes); got != "2 d c [001 002]" {
		t.Errorf("campaigns and communes: %s", got)
	}

	var many []journal.Line
	for range fieldsync.MostActivities {
		many = append(many, plan("lea", storetest.At(9, 0)))
	}
	storetest.Import(t, in, many...)
	p = pull(t, in, s, ann)
	if n := len(p.Activities); n != fieldsync.MostActivities || p.Activities[n-1].ID != withMe.Entry.ID {
		t.Errorf("of %d the last is %v, want the own one, which begins last", n, p.Activities[n-1])
	}
}

// A phone learns which entry a correction has to name, also one that it never
// held, and whether its worker may; and who is there.
func TestPullSaysWhoseHeadCountStands(t *testing.T) {
	in, s := intake(t)
	m := storetest.NewMaker()
	p := m.Plan("lea", campaign.SmallGroup, noon, journal.ID{})
	came := m.Make("attendance", "bob", noon.Add(-10*time.Minute), outreach.AttendanceBody{State: "arrived"})
	again := m.Make("attendance", "bob", noon, outreach.AttendanceBody{State: "arrived"})
	slip := m.Make("attendance", "ann", noon, outreach.AttendanceBody{State: "arrived"})
	for _, l := range []*journal.Line{&came, &again, &slip} {
		l.Entry.Activity = p.Entry.ID
	}
	bobs := m.Hold("bob", noon, p.Entry.ID, 31)
	anns := m.Hold("ann", noon.Add(time.Minute), p.Entry.ID, 40)
	storetest.Import(t, in, p, again, came, slip, m.Withdraw("ann", noon, slip), bobs, anns)

	phone := func(id string) access.Actor {
		return access.Actor{User: access.User{ID: id, Role: access.Campaigner, Office: "a"}, Device: "máy", State: access.InUse}
	}
	stands := func(actor access.Actor) fieldsync.PulledActivity {
		t.Helper()
		a := pull(t, in, s, actor).Activities
		if len(a) != 1 || a[0].Held == nil {
			t.Fatalf("%s is given %+v", actor.ID, a)
		}
		return a[0]
	}
	for _, c := range []struct {
		actor access.Actor
		may   bool
	}{{ann, false}, {phone("bob"), true}, {phone("lea"), false}, {phone("leb"), true}} { // leb leads bob's office
		a := stands(c.actor)
		if a.Held.ID != bobs.Entry.ID || a.Held.Author.ID != "bob" || *a.HeadCount != 31 || a.Held.May != c.may {
			t.Errorf("to %s: %+v", c.actor.ID, a.Held)
		}
		if fmt.Sprint(a.Present) != fmt.Sprint([]fieldsync.PulledArrival{{Member: fieldsync.Member{ID: "bob", Name: "Worker bob"}, At: came.Entry.DeviceTime.UTC()}}) {
			t.Errorf("present: %v", a.Present)
		}
	}
	// The correction is what the next one names.
	mended := m.Correct("bob", noon.Add(time.Hour), bobs, func(e *journal.Entry) {
		e.Body = m.Hold("bob", noon, p.Entry.ID, 35).Entry.Body
	})
	storetest.Import(t, in, mended)
	if a := stands(ann); a.Held.ID != mended.Entry.ID || *a.HeadCount != 35 || a.Held.Author.ID != "bob" {
		t.Errorf("after a correction: %+v of %d", a.Held, *a.HeadCount)
	}
	// Superseding it by that id is taken from who may, and not from who may not.
	for _, c := range []struct {
		author string
		taken  bool
	}{{"ann", false}, {"bob", true}} {
		l := m.Correct(c.author, noon.Add(2*time.Hour), mended, func(*journal.Entry) {})
		if got := storetest.Import(t, in, l)[0].Refusal == nil; got != c.taken {
			t.Errorf("a correction by %s is taken: %v", c.author, got)
		}
	}
}

// Whoever works in an office without communes, as a partner's agent, records all
// the same: those of the province are where a record can be made.
func TestPullOfAnOfficeWithoutCommunes(t *testing.T) {
	in, s := intake(t)
	plan := campaign.Item{Office: &campaign.Office{ID: "post", Name: "Bưu điện mô phỏng", Kind: campaign.Partner, Parent: "p"}}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.PutPlan([]campaign.Item{plan}) }); err != nil {
		t.Fatal(err)
	}
	agent := access.Actor{User: access.User{ID: "agent", Role: access.PartnerAgent, Office: "post"}, Device: "máy", State: access.InUse}
	p := pull(t, in, s, agent)
	if got := fmt.Sprint(p.Communes); got != "[{001 Commune 001 a 0} {002 Commune 002 a 0} {003 Commune 003 b 0}]" || len(p.Me.Communes) != 0 {
		t.Errorf("an agent is given %s, and the people of %v", got, p.Me.Communes)
	}
	if got := pull(t, in, s, ann).Communes; len(got) != 2 {
		t.Errorf("an office with communes is given %v", got)
	}
}

// shelf is a store of a plan and a few people, which counts how often it is read.
type shelf struct {
	store.Store
	mu    sync.Mutex
	reads int
	wait  chan struct{}
	err   error
}

type shelfTx struct{ store.Tx }

func (s *shelf) View(_ context.Context, f func(store.Tx) error) error {
	s.mu.Lock()
	s.reads++
	err := s.err
	s.mu.Unlock()
	<-s.wait
	if err != nil {
		return err
	}
	return f(shelfTx{})
}

func (shelfTx) PlanVersion() (int64, error) { return 1, nil }
func (shelfTx) Plan() (*campaign.Plan, error) {
	p := campaign.NewPlan(storetest.SamplePlan())
	p.Version = 1
	return p, nil
}

func (shelfTx) FindPeople(people.Scope, people.Query) ([]people.Person, string, error) {
	return []people.Person{{Key: "k"}}, "", nil
}
func (shelfTx) Blind(string, string) string { return "mô phỏng, as long as a salt" }
func (shelfTx) Preload([]string) error      { return nil }

func (shelfTx) Boundary(string) ([]byte, error)         { return nil, nil }
func (shelfTx) Points(string) ([]campaign.Point, error) { return nil, nil }

func (shelfTx) OpenUnder(string, string, []byte) ([]byte, error) {
	return []byte(`{"name":"Mô phỏng"}`), nil
}

// However many phones ask together, a snapshot is built once; it is built anew
// when it is old, and after a failure.
func TestASnapshotIsBuiltOnceForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{wait: make(chan struct{})}
		in := fieldsync.NewIntake(s, outreach.Schema(), time.Now)
		var all sync.WaitGroup
		tags := make(chan string, 150)
		for range 150 {
			all.Go(func() {
				file, err := in.Snapshot(t.Context(), "001")
				if err != nil {
					t.Error(err)
					return
				}
				tags <- file.Tag
			})
		}
		left, leave := context.WithCancel(t.Context())
		all.Go(func() {
			if _, err := in.Snapshot(left, "001"); !errors.Is(err, context.Canceled) {
				t.Errorf("who left got %v", err)
			}
		})
		synctest.Wait()
		leave()
		close(s.wait)
		all.Wait()
		first := <-tags
		for range 149 {
			if tag := <-tags; tag != first {
				t.Fatal("two phones got different files")
			}
		}
		ask := func(reads int) {
			t.Helper()
			file, err := in.Snapshot(t.Context(), "001")
			if err != nil || file.Tag != first || s.reads != reads {
				t.Errorf("read %d times, the same file: %v, %v; want %d times and the same", s.reads, err == nil && file.Tag == first, err, reads)
			}
		}
		time.Sleep(fieldsync.SnapshotKept - time.Second)
		ask(1)
		time.Sleep(2 * time.Second)
		ask(2) // built anew, of the same people

		s.err = errors.New("no disk")
		if _, err := in.Snapshot(t.Context(), "002"); !errors.Is(err, s.err) {
			t.Errorf("got %v", err)
		}
		s.err = nil
		if _, err := in.Snapshot(t.Context(), "002"); err != nil {
			t.Errorf("after a failure: %v", err)
		}
		time.Sleep(2 * fieldsync.SnapshotKept)
	})
}

// A phone learns who of a team comes: of each the last answer, and whether it was
// for the start that the activity has now.
func TestPullSaysWhoComes(t *testing.T) {
	in, s := intake(t)
	m := storetest.NewMaker()
	p := m.Plan("lea", campaign.SmallGroup, noon, journal.ID{})
	say := func(author string, at time.Time, b outreach.ConfirmationBody) journal.Line {
		l := m.Make("confirmation", author, at, b)
		l.Entry.Activity = p.Entry.ID
		return l
	}
	storetest.Import(t, in, p,
		say("ann", noon.Add(-2*time.Hour), outreach.ConfirmationBody{For: noon, Reason: "travel"}),
		say("ann", noon.Add(-3*time.Hour), outreach.ConfirmationBody{Coming: true, For: noon}),
		say("bob", noon.Add(-4*time.Hour), outreach.ConfirmationBody{Coming: true, For: noon}),
	)
	told := func() string {
		var out []string
		for _, a := range pull(t, in, s, access.Actor{User: access.User{ID: "lea", Role: access.Lead, Office: "a"}, Device: "máy", State: access.InUse}).Activities[0].Answers {
			out = append(out, fmt.Sprint(a.ID, " ", a.Coming, " ", a.Reason, " ", a.Stale))
		}
		return strings.Join(out, ", ")
	}
	if got := told(); got != "ann false travel false, bob true  false" {
		t.Errorf("told: %s", got)
	}
	moved := m.Make("activity_moved", "lea", noon.Add(-time.Hour), campaign.Moved{Reason: campaign.Weather, Start: noon.Add(time.Hour), End: noon.Add(2 * time.Hour)})
	moved.Entry.Activity = p.Entry.ID
	// Without network a worker confirms what is moved already.
	storetest.Import(t, in, moved, say("ann", noon.Add(-time.Minute), outreach.ConfirmationBody{Coming: true, For: noon}),
		say("lea", noon.Add(-time.Minute), outreach.ConfirmationBody{Coming: true, For: noon.Add(time.Hour)}))
	if got := told(); got != "ann true  true, bob true  true, lea true  false" {
		t.Errorf("after a move: %s", got)
	}
}
