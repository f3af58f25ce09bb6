package sheet

import (
	"slices"
	"strconv"
	"strings"

	"caunoi/campaign"
	"caunoi/journal"
	"caunoi/outreach"
	"caunoi/people"
	"caunoi/people/identity"
)

// Field is a column of a list.
type Field struct {
	Name string
	// Heading is what a new sheet has; Also are other headings that are
	// recognised, whatever their case and marks.
	Heading string
	Also    []string
	Example string
	// set puts what a cell says into a record.
	set func(r *record, cell string) error
}

// record is a row on its way to the registry.
type record struct {
	people.Record
	hi   people.Cover
	plan *campaign.Plan
}

func text(at func(r *record) *string) func(*record, string) error {
	return func(r *record, cell string) error { *at(r) = identity.Name(cell); return nil }
}

func yes(at func(r *record) **bool, field string) func(*record, string) error {
	return func(r *record, cell string) error {
		var v bool
		switch strings.Join(identity.Words(cell), " ") {
		case "x", "co", "1", "dung", "ies", "i", "true":
			v = true
		case "khong", "0", "sai", "no", "n", "false":
		default:
			return journal.Refuse("people.value", "field", field)
		}
		*at(r) = &v
		return nil
	}
}

func day(at func(r *record) *journal.Day, field string) func(*record, string) error {
	return func(r *record, cell string) error {
		d, _, err := identity.Birth(cell) // a day is written as a birth date is
		if err != nil || d == "" {
			return journal.Refuse("people.value", "field", field)
		}
		*at(r) = d
		return nil
	}
}

// schemes are the words for who pays a health-insurance card.
var schemes = map[string]outreach.Scheme{
	"ho gia dinh": outreach.HouseholdHI, "hgd": outreach.HouseholdHI,
	"hoc sinh": outreach.StudentHI, "hoc sinh sinh vien": outreach.StudentHI, "hssv": outreach.StudentHI, "sinh vien": outreach.StudentHI,
	"khac": outreach.OtherHI,
}

// Fields are the columns, in the order of a new sheet.
var Fields = []Field{
	{"name", "Họ và tên", []string{"Họ tên", "Tên", "Họ, tên", "Họ tên chủ hộ", "Full name", "Name"}, "Mô phỏng Lò Thị Hoà", text(func(r *record) *string { return &r.Name })},
	{"citizen", "Số CCCD", []string{"CCCD", "Số căn cước", "Căn cước công dân", "Số căn cước công dân", "Số định danh", "Số định danh cá nhân", "Mã định danh", "Số ĐDCN", "Số CCCD/ĐDCN", "Số CMND/CCCD", "CMND/CCCD", "Citizen number"}, "010182000011", text(func(r *record) *string { return &r.Citizen })},
	{"birth", "Ngày sinh", []string{"Ngày tháng năm sinh", "Ngày, tháng, năm sinh", "Năm sinh", "NTNS", "Date of birth"}, "05/11/1982", text(func(r *record) *string { return &r.Birth })},
	{"sex", "Giới tính", []string{"Giới", "Nam/Nữ", "Sex", "Gender"}, "Nữ", text(func(r *record) *string { return &r.Sex })},
	{"commune", "Mã xã", []string{"Mã xã/phường", "Mã xã, phường", "Xã", "Xã/phường", "Xã, phường", "Tên xã", "Mã ĐVHC xã", "Commune"}, "02647", setCommune},
	{"village", "Thôn", []string{"Thôn/bản", "Thôn, bản", "Bản", "Tổ dân phố", "Thôn/tổ dân phố", "Thôn, tổ dân phố", "Thôn bản", "Tổ", "Village"}, "Thôn Thử", text(func(r *record) *string { return &r.Village })},
	{"household", "Mã hộ", []string{"Số hộ", "Hộ", "Mã hộ gia đình", "Household"}, "H-001", text(func(r *record) *string { return &r.Household })},
	{"phone", "Số điện thoại", []string{"Điện thoại", "SĐT", "ĐT", "Số ĐT", "Di động", "Phone"}, "0900000011", text(func(r *record) *string { return &r.Phone })},
	{"si", "Mã số BHXH", []string{"Số BHXH", "Mã BHXH", "Số sổ BHXH", "Số sổ", "SI number"}, "0110123456", text(func(r *record) *string { return &r.SI })},
	{"card", "Mã thẻ BHYT", []string{"Số thẻ BHYT", "Mã thẻ", "Số thẻ", "Thẻ BHYT", "HI card"}, "GD4100110123456", text(func(r *record) *string { return &r.Card })},
	{"hi_scheme", "Đối tượng BHYT", []string{"Loại thẻ BHYT", "Nhóm BHYT"}, "Hộ gia đình", func(r *record, cell string) error {
		s, known := schemes[strings.Join(identity.Words(cell), " ")]
		if !known {
			s = outreach.OtherHI
		}
		r.hi.Scheme = s
		return nil
	}},
	{"hi_start", "BHYT từ ngày", []string{"Từ ngày", "Thẻ từ ngày", "Hạn thẻ từ", "Giá trị thẻ từ ngày", "HI from"}, "01/01/2026", day(func(r *record) *journal.Day { return &r.hi.Start }, "coverage")},
	{"hi_end", "BHYT đến ngày", []string{"Đến ngày", "Thẻ đến ngày", "Hạn thẻ", "Hạn thẻ đến", "Hạn thẻ BHYT", "Giá trị thẻ đến ngày", "HI to"}, "31/12/2026", day(func(r *record) *journal.Day { return &r.hi.End }, "coverage")},
	{"si_months", "Số tháng đóng BHXH", []string{"Số tháng BHXH", "Tháng đóng BHXH", "Tổng số tháng đóng", "SI months"}, "126", func(r *record, cell string) error {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(cell), ".0"))
		if err != nil {
			return journal.Refuse("people.value", "field", "si_months")
		}
		r.SIMonths = &n
		return nil
	}},
	{"student", "Học sinh, sinh viên", []string{"Học sinh", "HSSV", "Student"}, "", yes(func(r *record) **bool { return &r.Student }, "student")},
	{"no_school", "Không đi học", []string{"Bỏ học", "Not at school"}, "", yes(func(r *record) **bool { return &r.NoSchool }, "no_school")},
	{"pension_cash", "Nhận lương hưu tiền mặt", []string{"Lương hưu tiền mặt", "Nhận tiền mặt", "Pension in cash"}, "", yes(func(r *record) **bool { return &r.Cash }, "pension_cash")},
	{"address", "Địa chỉ", []string{"Nơi ở", "Nơi ở hiện tại", "Địa chỉ thường trú", "Nơi cư trú", "Address"}, "Thôn Thử, xã Thử", text(func(r *record) *string { return &r.Address })},
	{"bank", "Số tài khoản", []string{"Tài khoản", "STK", "Số tài khoản ngân hàng", "Bank account"}, "", text(func(r *record) *string { return &r.Bank })},
}

// latest is after every day that a plan names.
const latest journal.Day = "9999-12-31"

// setCommune takes a commune's official code, with or without its leading
// zeros, or its name where only one has it.
func setCommune(r *record, cell string) error {
	code := strings.TrimSpace(cell)
	if r.plan.Communes[code] == nil && len(code) < 5 && strings.Trim(code, "0123456789") == "" {
		code = strings.Repeat("0", 5-len(code)) + code
	}
	if r.plan.Communes[code] == nil {
		var found []string
		for c, commune := range r.plan.Communes {
			commune = commune.On(latest)
			whole := append(identity.Words(commune.Type), identity.Words(commune.Name)...)
			if typed := identity.Words(cell); len(typed) > 0 && (slices.Equal(typed, identity.Words(commune.Name)) || slices.Equal(typed, whole)) {
				found = append(found, c)
			}
		}
		if len(found) > 1 { // often a commune is called as one that it took in
			found = slices.DeleteFunc(found, func(c string) bool { return r.plan.Communes[c].Merged != nil })
		}
		if len(found) == 1 {
			code = found[0]
		}
	}
	r.Commune = code
	return nil
}

// fold is a heading as it is compared: its words, without what stands in
// brackets.
func fold(heading string) string {
	var b strings.Builder
	depth := 0
	for _, r := range heading {
		switch {
		case r == '(' || r == '[':
			depth++
		case (r == ')' || r == ']') && depth > 0:
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return strings.Join(identity.Words(b.String()), " ")
}

// known are the fields by their folded headings.
var known = func() map[string]int {
	m := map[string]int{}
	for i, f := range Fields {
		for _, h := range append([]string{f.Heading, f.Name}, f.Also...) {
			m[fold(h)] = i
		}
	}
	return m
}()

// Known says whether a field is so called; the empty one is for what is not
// read.
func Known(field string) bool { return field == "" || fieldNamed(field) >= 0 }

func fieldNamed(name string) int {
	return slices.IndexFunc(Fields, func(f Field) bool { return f.Name == name })
}
