// Package speed measures what the program costs against its floor, the least
// that the machine and the libraries ask for with nothing of ours on top, in the
// same run:
//
//	make bench
//	go test -run '^$' -bench . ./test/speed
//
// A round does the floor and ours one after the other and takes the ratio of
// their processor times, user and system together: other work on the machine
// disturbs both alike. What is reported is the median of all rounds. Goals, and
// what was measured when, stand in docs/benchmarks.md.
//
// Memory is not noisy, so it is a test: the real program must need hardly more
// of it for a document of 100 MB than for one of 1 MB.
package speed
