// Package interop asks programs written by others whether what we write is
// right: OpenSSL, BouncyCastle in Java, and the npm package sm-crypto run by
// Node.js. A format that only its own reader likes is worth nothing.
//
// Each judge is one function. It is given bytes, runs the foreign program and
// returns whether that program accepts them, and what it said:
//
//	ok, said := interop.CertificateLink(t, certificate, issuer)
//	ok, said := interop.SealedOFD(t, "sealed.ofd")
//	ok, said := interop.AskBouncyCastle(t, "ofd", sealed)
//
// What BouncyCastle is asked is written in java/*.java, a program of its own that
// Debian's openjdk-17-jdk-headless compiles against libbcprov-java and
// libbcpkix-java. It is started once for all tests, as is Node.js. Where
// BouncyCastle can write, the tests let our rooms read what it wrote ("make-"
// questions).
//
// The judges know nothing of our packages: they take their own way to the bytes,
// with the foreign program's parser. They read what the program says, not its
// exit status alone, since `openssl req -verify` and `openssl crl` exit with 0 on
// a wrong signature. The tests of this package show for each judge that it
// accepts our work and refuses it after one flipped bit.
//
// A test that lacks its program is skipped with the reason; when XINZHANG_CI is
// 1 it fails. sm-crypto is installed by `make interop` (npm ci in test/interop/node).
package interop
