package policy

// Dong is an amount of money in whole đồng (VND).
type Dong int64

// Fraction is an exact number: N over D, with D above 0. A rate of 22 % is
// {22, 100}.
type Fraction struct{ N, D int64 }

// rounded is n over d to the nearest whole, halves up; both are 0 or more.
func rounded(n, d int64) int64 { return (2*n + d) / (2 * d) }

// large is a natural number of any size, its lowest 32 bits first.
type large []uint32

func (a large) times(m uint32) large {
	out := make(large, 0, len(a)+1)
	var carry uint64
	for _, limb := range a {
		carry += uint64(limb) * uint64(m)
		out = append(out, uint32(carry))
		carry >>= 32
	}
	if carry > 0 {
		out = append(out, uint32(carry))
	}
	return out
}

// by multiplies by a number of up to 62 bits.
func (a large) by(m int64) large {
	const low = 1 << 31
	if m < low {
		return a.times(uint32(m))
	}
	high := a.by(m / low).times(low)
	return high.plus(a.times(uint32(m % low)))
}

func (a large) plus(b large) large {
	if len(a) < len(b) {
		a, b = b, a
	}
	out := make(large, 0, len(a)+1)
	var carry uint64
	for i, limb := range a {
		carry += uint64(limb)
		if i < len(b) {
			carry += uint64(b[i])
		}
		out = append(out, uint32(carry))
		carry >>= 32
	}
	if carry > 0 {
		out = append(out, uint32(carry))
	}
	return out
}

func (a large) less(b large) bool {
	for i := max(len(a), len(b)) - 1; i >= 0; i-- {
		var x, y uint32
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return x < y
		}
	}
	return false
}

// over is a divided by b, to the nearest whole, halves up, which must be below
// 1 << 60.
func (a large) over(b large) int64 {
	twice, below := a.times(2).plus(b), b.times(2)
	var low, high int64 = 0, 1 << 60
	for high-low > 1 {
		middle := low + (high-low)/2
		if twice.less(below.by(middle)) {
			high = middle
		} else {
			low = middle
		}
	}
	return low
}

// ahead is the sum over i = 1..n of m / (1+r)^(i-1), to the nearest đồng; m is
// the exact contribution of a month.
func ahead(m, r Fraction, n int) Dong {
	return compounded(m, Fraction{r.D, r.D + r.N}, n, 0)
}

// missing is the sum over i = 1..n of m x (1+r)^i, to the nearest đồng.
func missing(m, r Fraction, n int) Dong {
	return compounded(m, Fraction{r.D + r.N, r.D}, n, 1)
}

// compounded is the sum over i = 0..n-1 of m x f^(i+first), by Horner's rule
// with whole numbers: 1 + f x (1 + f x (…)), numerator and denominator apart.
func compounded(m, f Fraction, n, first int) Dong {
	sum, below := large{1}, large{1}
	for range n - 1 {
		below = below.by(f.D)
		sum = below.plus(sum.by(f.N))
	}
	for range first {
		sum, below = sum.by(f.N), below.by(f.D)
	}
	return Dong(sum.by(m.N).over(below.by(m.D)))
}
