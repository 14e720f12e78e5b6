// Package beijing is the time that Chinese documents are dated in and that
// people read: UTC+8, all the year. Inside the program times are UTC.
package beijing

import "time"

// Zone is Beijing time, whatever the machine's own zone and its tables say.
var Zone = time.FixedZone("UTC+8", 8*3600)

// A Day prints as the date of a time: 2026-11-22. It can be an argument of a
// fault.Error.
type Day time.Time

func (d Day) String() string { return time.Time(d).In(Zone).Format(time.DateOnly) }

// A Moment prints as date and time: 2026-11-22 10:15:00.
type Moment time.Time

func (m Moment) String() string { return time.Time(m).In(Zone).Format(time.DateTime) }
