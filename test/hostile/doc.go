// Package hostile is the list of files that somebody made to stop or to crush
// the program: zip bombs, archives of a million entries, XML as deep as a well,
// references in circles, pictures and lengths that claim the world, messages
// with a hundred thousand signers.
//
// Each is given to the real program, `verify` and `inspect`, in a process of its
// own, which must end within two seconds of processor time and 200 MiB of memory
// with a code that says why, and never with a panic:
//
//	go test -v ./test/hostile     # prints what each case cost
//
// A case is one line of a table. To add one, write the bytes that are at fault
// and nothing else: the helpers make the document around them.
package hostile
