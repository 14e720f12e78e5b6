// What stands on the buttons and pages that the story passes, in both languages.
export const words = {
  zh: {
    found: /已找到本机的数字证书管理工具/, login: "登录", desk: "待办文件", page4: "《示例案件材料：减刑建议书》第 4 页", unsigned: /还没有签名/,
    mismatch: /证书与人员名册的身份证号不一致/, noKey: /UKey/, userRefused: /拒绝/,
    sign: "签字", seal: "签章", afterSign: /已写入第 4 页，接着办理：签章/, afterSeal: /已写入第 4 页，这份文件已经办结/, passed: "✓ 验证通过", report: "查看验证报告",
    restart: "恢复到签署之前", logout: "退出登录", loginTitle: "用 UKey 登录",
    allow: "允许并继续", pin: "PIN 码（密码）", confirm: /^(确认并|登录)/, wrong: /PIN 不正确，还可尝试 9 次/, done: "已完成", refusal: "已拒绝",
    stops: ["退出登录", "Switch to English", "示例案件材料：减刑建议书 待签字", "示例案件材料：特许会见审批表 待批准", "恢复到签署之前", "示例案件材料：减刑建议书", "签字", "签章", /^下载 OFD 文件/],
  },
  en: {
    found: /certificate tool .* found/, login: "Log in", desk: "Documents to be dealt with", page4: "示例案件材料：减刑建议书, page 4", unsigned: /not signed yet/,
    mismatch: /in the certificate and in the staff register differ/, noKey: /UKey/, userRefused: /refused/,
    sign: "Sign", seal: "Seal", afterSign: /Written to page 4\. Next: Seal/, afterSeal: /Written to page 4\. Everything is done/, passed: "✓ verified", report: "Verification report",
    restart: "Put back as before signing", logout: "Log out", loginTitle: "Log in with a UKey",
    allow: "Allow and go on", pin: "PIN", confirm: /^(Confirm \(|Log in)/, wrong: /wrong PIN, 9 tries left/, done: "Done", refusal: "Refused",
    stops: ["Log out", "切换到中文", "示例案件材料：减刑建议书 to do: Sign", "示例案件材料：特许会见审批表 to do: Approve", "Put back as before signing", "示例案件材料：减刑建议书", "Sign", "Seal", /^Download the OFD file/],
  },
};

/** data are the Chinese words that are no words of the pages: names, titles, units. */
export const data = ["中文", "数字证书管理工具", "测试用户甲", "示例监狱", "刑罚执行科", "示例案件材料：减刑建议书", "示例案件材料：特许会见审批表", "示例电子认证中心电子印章制作系统", "示例电子认证中心"];
