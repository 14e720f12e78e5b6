package main

import "xinzhang/internal/fault"

// words are the texts of the command line that are not errors: one table, both
// languages, the same keys (a test compares them).
var words = map[fault.Lang]map[string]string{
	fault.ZH: {
		"about":  "信章：电子认证、签名与印章。数据目录为 XINZHANG_HOME，默认 ~/.xinzhang。",
		"cause":  "原因：",
		"next":   "处理：",
		"h_lang": "语言：zh 或 en，默认按系统区域设置",
		"h_json": "输出 JSON",
		"h_home": "数据目录",

		"h_demo":         "用虚构的人和单位把整个流程走一遍",
		"h_demo_once":    "走完一遍就结束，不提问",
		"h_demo_dir":     "结果放在哪个文件夹",
		"ask_passphrase": "密钥口令：",

		"h_sign":   "在文件上签名或盖章",
		"h_verify": "验证文件中的签名和印章（退出状态：0 通过，1 不通过，2 无法确定，3 没有签名，4 读不了）",

		"h_verify_files": "要验证的文件",
		"h_trust":        "信任的证书：PEM、DER 文件或文件夹，可多次给出；默认用数据目录的 trust",
		"h_crl":          "吊销列表：文件或文件夹，可多次给出",
		"h_at_time":      "按这个时间判断，默认现在",
		"h_policy":       "判断策略：gbt38540 或 strict",
		"h_html":         "把验证报告写成可打印的网页",
		"h_all":          "也列出没有问题的检查项",
	},
	fault.EN: {
		"about":  "Xinzhang: certificates, signatures and seals. Data lives in XINZHANG_HOME, by default ~/.xinzhang.",
		"cause":  "Cause: ",
		"next":   "Next: ",
		"h_lang": "language, zh or en; by default that of the locale",
		"h_json": "write JSON",
		"h_home": "data directory",

		"h_demo":         "run the whole job on fictional people",
		"h_demo_once":    "end after one run, without a question",
		"h_demo_dir":     "folder for the results",
		"ask_passphrase": "Passphrase of the keys: ",

		"h_sign":   "put a signature or a seal on a document",
		"h_verify": "verify the signatures and seals of documents (exit status: 0 passed, 1 failed, 2 indeterminate, 3 unsigned, 4 unreadable)",

		"h_verify_files": "documents to verify",
		"h_trust":        "trusted certificates: PEM or DER file or folder, repeatable; by default trust/ of the data directory",
		"h_crl":          "revocation lists: file or folder, repeatable",
		"h_at_time":      "judge as of this time; by default now",
		"h_policy":       "policy: gbt38540 or strict",
		"h_html":         "write the report as a printable page",
		"h_all":          "list the checks without findings too",
	},
}
