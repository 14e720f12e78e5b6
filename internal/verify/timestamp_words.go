package verify

import (
	"fmt"
	"time"

	"xinzhang/internal/beijing"
	"xinzhang/internal/format/cert"
)

// A doubt is a reason not to rely on the time of a token that may well be right,
// with what the reader can do.
type doubt struct{ why, next words }

var (
	nextList  = words{"取得签发机构的吊销列表（命令行用 --crl 指定）后再验证", "fetch the issuer's revocation list (--crl on the command line) and verify again"}
	nextStamp = words{"签署时间请另行核实，或请签署方重新签署", "confirm the time in another way, or ask the signer to sign again"}

	doubtNoAnchor = doubt{
		words{"信任列表里没有时间戳机构的证书，或签发路径不符合要求", "no certificate of the time-stamp authority is trusted here, or its path is flawed"},
		words{"从可靠途径取得时间戳机构的根证书，加入信任列表（命令行用 --trust）后再验证",
			"obtain its root certificate from a reliable place and add it to the trusted ones (--trust on the command line)"},
	}
	doubtNoCertificate = doubt{words{"时间戳里没有机构的证书，无法核对", "the token holds no certificate of its authority, so it cannot be checked"}, nextStamp}
	doubtNotForStamps  = doubt{words{"加盖时间戳的证书不是时间戳证书，或当时不在有效期内", "the certificate that made it is not one for time stamping, or was not valid then"}, nextStamp}
)

func doubtAlgorithm(algorithm any) *doubt {
	return &doubt{
		words{fmt.Sprintf("时间戳使用了本程序不能核对的算法 %v", algorithm), fmt.Sprintf("it uses %v, which cannot be checked here", algorithm)},
		words{"请用支持该算法的工具核对时间戳，或请签署方改用国密时间戳", "check the time stamp with a program that knows it, or ask the signer for one by SM2 and SM3"},
	}
}

func doubtRevoked(c *cert.Certificate, since time.Time) *doubt {
	name, from := holder(c), beijing.Moment(since)
	return &doubt{words{
		fmt.Sprintf("%s 的证书已被吊销或挂起（自 %s 起），它所证明的时间不再可靠", name, from),
		fmt.Sprintf("the certificate of %s is revoked or was on hold (since %s), so its word on the time proves nothing", name, from),
	}, nextStamp}
}
