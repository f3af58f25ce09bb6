package policy

// Parameter names a dated value.
type Parameter uint8

// The parameters, by the law that they belong to.
const (
	BaseSalary Parameter = iota + 1
	PovertyLine

	VoluntaryAge
	VoluntaryRate
	VoluntaryCeiling
	VoluntarySupportPoor
	VoluntarySupportNearPoor
	VoluntarySupportEthnic
	VoluntarySupportIsland
	VoluntarySupportOther
	VoluntaryExtraPoor
	VoluntaryExtraNearPoor
	VoluntaryExtraEthnic
	VoluntaryExtraIsland
	VoluntaryExtraOther
	VoluntarySupportMonths
	VoluntaryAheadMonths
	VoluntaryMissingMonths
	FundReturn

	HealthRate
	HealthSecond
	HealthThird
	HealthFourth
	HealthFifth
	HealthSupportPoor
	HealthSupportNearPoorCommune
	HealthSupportNearPoor
	HealthSupportEthnic
	HealthSupportStudent
	HealthSupportHealthWorker
	HealthSupportSecurity
	HealthSupportHamletWorker
	HealthSupportArtisan
	HealthSupportTrafficking
	HealthSupportAgriculture
	HealthExtraPoor
	HealthExtraNearPoorCommune
	HealthExtraNearPoor
	HealthExtraEthnic
	HealthExtraStudent
	HealthExtraHealthWorker
	HealthExtraSecurity
	HealthExtraHamletWorker
	HealthExtraArtisan
	HealthExtraTrafficking
	HealthExtraAgriculture

	RetirementAgeMen
	RetirementAgeWomen
	EarlyAgeMen
	EarlyAgeWomen
	EarlyJoinedBefore
	EarlyYears
	PensionYears
	PensionRate
	PensionRateYearsMen
	PensionRateYearsWomen
	PensionRatePerYear
	PensionRateMost
	PensionShortRateMen
	PensionShortPerYearMen
	LumpYearsMen
	LumpYearsWomen
	LumpBeforeAge
	LumpAfterAge

	WithdrawalBefore2014
	WithdrawalFrom2014
	WithdrawalShortMost
	WithdrawalPaidBefore
	WithdrawalMonthsOut
	WithdrawalYearsBelow

	SocialPensionAmount
	SocialPensionAge
	SocialPensionAgePoor
	SocialPensionFuneral

	MaternityAmount
	MaternityMonths
	FuneralTimes
	FuneralMonths
	SurvivorBefore2014
	SurvivorFrom2014
	SurvivorMonths

	UnemploymentRate
	UnemploymentMost
	UnemploymentPaidLeast
	UnemploymentFirstMonths
	UnemploymentFirstPaid
	UnemploymentStep
	UnemploymentMonthsMost
	UnemploymentFromDay
	MinimumWage1
	MinimumWage2
	MinimumWage3
	MinimumWage4

	parameterCount
)

// Definitions says what each parameter is.
var Definitions = [parameterCount]Definition{
	BaseSalary:  {Name: "base_salary", Unit: UnitDong, Least: 1, Most: mostDong},
	PovertyLine: {Name: "rural_poverty_line", Unit: UnitDong, Least: 1, Most: mostDong},

	VoluntaryAge:             {Name: "voluntary_age", Unit: UnitAge},
	VoluntaryRate:            {Name: "voluntary_rate", Unit: UnitRate},
	VoluntaryCeiling:         {Name: "voluntary_ceiling_times", Unit: UnitTimes, Least: 1, Most: mostTimes},
	VoluntarySupportPoor:     {Name: "voluntary_support_poor", Unit: UnitRate},
	VoluntarySupportNearPoor: {Name: "voluntary_support_near_poor", Unit: UnitRate},
	VoluntarySupportEthnic:   {Name: "voluntary_support_ethnic_minority", Unit: UnitRate},
	VoluntarySupportIsland:   {Name: "voluntary_support_island", Unit: UnitRate},
	VoluntarySupportOther:    {Name: "voluntary_support_other", Unit: UnitRate},
	VoluntaryExtraPoor:       {Name: "voluntary_extra_poor", Unit: UnitRate, Optional: true},
	VoluntaryExtraNearPoor:   {Name: "voluntary_extra_near_poor", Unit: UnitRate, Optional: true},
	VoluntaryExtraEthnic:     {Name: "voluntary_extra_ethnic_minority", Unit: UnitRate, Optional: true},
	VoluntaryExtraIsland:     {Name: "voluntary_extra_island", Unit: UnitRate, Optional: true},
	VoluntaryExtraOther:      {Name: "voluntary_extra_other", Unit: UnitRate, Optional: true},
	VoluntarySupportMonths:   {Name: "voluntary_support_months", Unit: UnitMonths},
	VoluntaryAheadMonths:     {Name: "voluntary_ahead_months", Unit: UnitMonths, Least: 1, Most: 120},
	VoluntaryMissingMonths:   {Name: "voluntary_missing_months", Unit: UnitMonths, Least: 1, Most: 120},
	FundReturn:               {Name: "fund_return", Unit: UnitReturn, Optional: true},

	HealthRate:                   {Name: "health_rate", Unit: UnitRate},
	HealthSecond:                 {Name: "health_second", Unit: UnitRate},
	HealthThird:                  {Name: "health_third", Unit: UnitRate},
	HealthFourth:                 {Name: "health_fourth", Unit: UnitRate},
	HealthFifth:                  {Name: "health_fifth", Unit: UnitRate},
	HealthSupportPoor:            {Name: "health_support_poor", Unit: UnitRate},
	HealthSupportNearPoorCommune: {Name: "health_support_near_poor_poor_commune", Unit: UnitRate},
	HealthSupportNearPoor:        {Name: "health_support_near_poor", Unit: UnitRate},
	HealthSupportEthnic:          {Name: "health_support_ethnic_minority", Unit: UnitRate},
	HealthSupportStudent:         {Name: "health_support_student", Unit: UnitRate},
	HealthSupportHealthWorker:    {Name: "health_support_health_worker", Unit: UnitRate},
	HealthSupportSecurity:        {Name: "health_support_security", Unit: UnitRate},
	HealthSupportHamletWorker:    {Name: "health_support_hamlet_worker", Unit: UnitRate},
	HealthSupportArtisan:         {Name: "health_support_artisan", Unit: UnitRate},
	HealthSupportTrafficking:     {Name: "health_support_trafficking_victim", Unit: UnitRate},
	HealthSupportAgriculture:     {Name: "health_support_agriculture", Unit: UnitRate},
	HealthExtraPoor:              {Name: "health_extra_poor", Unit: UnitRate, Optional: true},
	HealthExtraNearPoorCommune:   {Name: "health_extra_near_poor_poor_commune", Unit: UnitRate, Optional: true},
	HealthExtraNearPoor:          {Name: "health_extra_near_poor", Unit: UnitRate, Optional: true},
	HealthExtraEthnic:            {Name: "health_extra_ethnic_minority", Unit: UnitRate, Optional: true},
	HealthExtraStudent:           {Name: "health_extra_student", Unit: UnitRate, Optional: true},
	HealthExtraHealthWorker:      {Name: "health_extra_health_worker", Unit: UnitRate, Optional: true},
	HealthExtraSecurity:          {Name: "health_extra_security", Unit: UnitRate, Optional: true},
	HealthExtraHamletWorker:      {Name: "health_extra_hamlet_worker", Unit: UnitRate, Optional: true},
	HealthExtraArtisan:           {Name: "health_extra_artisan", Unit: UnitRate, Optional: true},
	HealthExtraTrafficking:       {Name: "health_extra_trafficking_victim", Unit: UnitRate, Optional: true},
	HealthExtraAgriculture:       {Name: "health_extra_agriculture", Unit: UnitRate, Optional: true},

	RetirementAgeMen:       {Name: "retirement_age_men", Unit: UnitAge, Birth: true},
	RetirementAgeWomen:     {Name: "retirement_age_women", Unit: UnitAge, Birth: true},
	EarlyAgeMen:            {Name: "early_age_men", Unit: UnitAge},
	EarlyAgeWomen:          {Name: "early_age_women", Unit: UnitAge},
	EarlyJoinedBefore:      {Name: "early_joined_before", Unit: UnitDate},
	EarlyYears:             {Name: "early_years", Unit: UnitYears},
	PensionYears:           {Name: "pension_years", Unit: UnitYears},
	PensionRate:            {Name: "pension_rate", Unit: UnitRate},
	PensionRateYearsMen:    {Name: "pension_rate_years_men", Unit: UnitYears},
	PensionRateYearsWomen:  {Name: "pension_rate_years_women", Unit: UnitYears},
	PensionRatePerYear:     {Name: "pension_rate_per_year", Unit: UnitRate},
	PensionRateMost:        {Name: "pension_rate_most", Unit: UnitRate},
	PensionShortRateMen:    {Name: "pension_short_rate_men", Unit: UnitRate, Optional: true},
	PensionShortPerYearMen: {Name: "pension_short_per_year_men", Unit: UnitRate, Optional: true},
	LumpYearsMen:           {Name: "lump_years_men", Unit: UnitYears},
	LumpYearsWomen:         {Name: "lump_years_women", Unit: UnitYears},
	LumpBeforeAge:          {Name: "lump_before_age", Unit: UnitTimes},
	LumpAfterAge:           {Name: "lump_after_age", Unit: UnitTimes},

	WithdrawalBefore2014: {Name: "withdrawal_before_2014", Unit: UnitTimes},
	WithdrawalFrom2014:   {Name: "withdrawal_from_2014", Unit: UnitTimes},
	WithdrawalShortMost:  {Name: "withdrawal_short_most", Unit: UnitTimes},
	WithdrawalPaidBefore: {Name: "withdrawal_paid_before", Unit: UnitDate},
	WithdrawalMonthsOut:  {Name: "withdrawal_months_out", Unit: UnitMonths},
	WithdrawalYearsBelow: {Name: "withdrawal_years_below", Unit: UnitYears},

	SocialPensionAmount:  {Name: "social_pension", Unit: UnitDong},
	SocialPensionAge:     {Name: "social_pension_age", Unit: UnitAge},
	SocialPensionAgePoor: {Name: "social_pension_age_poor", Unit: UnitAge},
	SocialPensionFuneral: {Name: "social_pension_funeral", Unit: UnitDong},

	MaternityAmount:    {Name: "maternity_amount", Unit: UnitDong},
	MaternityMonths:    {Name: "maternity_months", Unit: UnitMonths},
	FuneralTimes:       {Name: "funeral_times", Unit: UnitTimes},
	FuneralMonths:      {Name: "funeral_months", Unit: UnitMonths},
	SurvivorBefore2014: {Name: "survivor_before_2014", Unit: UnitTimes},
	SurvivorFrom2014:   {Name: "survivor_from_2014", Unit: UnitTimes},
	SurvivorMonths:     {Name: "survivor_months", Unit: UnitMonths},

	UnemploymentRate:        {Name: "unemployment_rate", Unit: UnitRate},
	UnemploymentMost:        {Name: "unemployment_most", Unit: UnitTimes},
	UnemploymentPaidLeast:   {Name: "unemployment_paid_least", Unit: UnitMonths},
	UnemploymentFirstMonths: {Name: "unemployment_first_months", Unit: UnitMonths},
	UnemploymentFirstPaid:   {Name: "unemployment_first_paid", Unit: UnitMonths},
	UnemploymentStep:        {Name: "unemployment_step", Unit: UnitMonths, Least: 1, Most: 120},
	UnemploymentMonthsMost:  {Name: "unemployment_months_most", Unit: UnitMonths},
	UnemploymentFromDay:     {Name: "unemployment_from_day", Unit: UnitDays},
	MinimumWage1:            {Name: "minimum_wage_1", Unit: UnitDong},
	MinimumWage2:            {Name: "minimum_wage_2", Unit: UnitDong},
	MinimumWage3:            {Name: "minimum_wage_3", Unit: UnitDong},
	MinimumWage4:            {Name: "minimum_wage_4", Unit: UnitDong},
}

// ParameterNamed is the parameter of a name in files, or 0.
func ParameterNamed(name string) Parameter {
	for i := range Definitions {
		if i > 0 && Definitions[i].Name == name {
			return Parameter(i)
		}
	}
	return 0
}

func parameterNames() (names []string) {
	for _, d := range Definitions[1:] {
		names = append(names, d.Name)
	}
	return names
}
