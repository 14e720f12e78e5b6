package ofd

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"xinzhang/internal/fault"
)

// everything is a document that uses each way of referring to a file.
func everything() []file {
	return plain(
		file{"OFD.xml", `<ofd:OFD` + ns + `><ofd:DocBody><ofd:DocInfo><ofd:Cover>Doc_0/cover.png</ofd:Cover></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>
			<ofd:Versions><ofd:Version ID="1" Index="0" BaseLoc="Doc_0/V/v0.xml"/></ofd:Versions>
			<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody></ofd:OFD>`},
		file{"Doc_0/cover.png", "c"},
		file{"Doc_0/V/v0.xml", `<ofd:DocVersion` + ns + `><ofd:FileList><ofd:File ID="1">/Doc_0/Old/extra.bin</ofd:File></ofd:FileList><ofd:DocRoot>/Doc_0/Old/Document.xml</ofd:DocRoot></ofd:DocVersion>`},
		file{"Doc_0/Old/Document.xml", `<ofd:Document` + ns + `><ofd:CommonData/><ofd:Pages><ofd:Page ID="1" BaseLoc="Page.xml"/></ofd:Pages></ofd:Document>`},
		file{"Doc_0/Old/Page.xml", pageXML},
		file{"Doc_0/Old/extra.bin", "e"},
		file{"Doc_0/Document.xml", `<ofd:Document` + ns + `><ofd:CommonData><ofd:MaxUnitID>9</ofd:MaxUnitID><ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>
			<ofd:TemplatePage ID="5" BaseLoc="Tpls/Tpl_0/Content.xml"/><ofd:TemplatePage ID="6" BaseLoc="Tpls/Unused/Content.xml"/></ofd:CommonData>
			<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/><ofd:Page ID="2" BaseLoc="Pages/Page_1/Content.xml"/><ofd:Page ID="3" BaseLoc="Pages/Page_2/Content.xml"/></ofd:Pages>
			<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations><ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags><ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments><ofd:Extensions>Ext/Extensions.xml</ofd:Extensions></ofd:Document>`},
		file{"Doc_0/PublicRes.xml", `<ofd:Res` + ns + ` BaseLoc="Res"><ofd:ColorSpaces><ofd:ColorSpace ID="20" Type="RGB" Profile="p.icc"/></ofd:ColorSpaces><ofd:Fonts><ofd:Font ID="21" FontName="宋体"/><ofd:Font ID="22" FontName="黑体"><ofd:FontFile>f.ttf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>`},
		file{"Doc_0/DocumentRes.xml", `<ofd:Res` + ns + ` BaseLoc="Res"><ofd:MultiMedias><ofd:MultiMedia ID="30" Type="Image"><ofd:MediaFile>i.png</ofd:MediaFile></ofd:MultiMedia><ofd:MultiMedia ID="31" Type="Video"><ofd:MediaFile>v.mp4</ofd:MediaFile></ofd:MultiMedia><ofd:MultiMedia ID="32" Type="Image"><ofd:MediaFile>beside.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>`},
		file{"Doc_0/Res/p.icc", "p"}, file{"Doc_0/Res/f.ttf", "f"}, file{"Doc_0/Res/i.png", "i"}, file{"Doc_0/Res/v.mp4", "v"}, file{"Doc_0/beside.png", "b"},
		file{"Doc_0/Tpls/Tpl_0/Content.xml", `<ofd:Page` + ns + `><ofd:PageRes>TplRes.xml</ofd:PageRes><ofd:Content/></ofd:Page>`},
		file{"Doc_0/Tpls/Tpl_0/TplRes.xml", `<ofd:Res` + ns + `><ofd:Fonts><ofd:Font ID="40"><ofd:FontFile>t.ttf</ofd:FontFile></ofd:Font></ofd:Fonts></ofd:Res>`},
		file{"Doc_0/Tpls/Tpl_0/t.ttf", "t"},
		file{"Doc_0/Tpls/Unused/Content.xml", pageXML},
		file{"Doc_0/Pages/Page_0/Content.xml", `<ofd:Page` + ns + `><ofd:Template TemplateID="5"/><ofd:PageRes>PageRes.xml</ofd:PageRes><ofd:Content/></ofd:Page>`},
		file{"Doc_0/Pages/Page_0/PageRes.xml", `<ofd:Res` + ns + ` BaseLoc="R"><ofd:MultiMedias><ofd:MultiMedia ID="50" Type="Image"><ofd:MediaFile>own.jpg</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias></ofd:Res>`},
		file{"Doc_0/Pages/Page_0/R/own.jpg", "o"},
		file{"Doc_0/Pages/Page_1/Content.xml", `<ofd:Page` + ns + `><ofd:Template TemplateID="5"/><ofd:Content/></ofd:Page>`},
		file{"Doc_0/Annots/Annotations.xml", `<ofd:Annotations` + ns + `><ofd:Page PageID="2"><ofd:FileLoc>a2.xml</ofd:FileLoc></ofd:Page></ofd:Annotations>`},
		file{"Doc_0/Annots/a2.xml", `<ofd:PageAnnot` + ns + `/>`},
		file{"Doc_0/Tags/CustomTags.xml", `<ofd:CustomTags` + ns + `><ofd:CustomTag TypeID="t"><ofd:SchemaLoc>s.xsd</ofd:SchemaLoc><ofd:FileLoc>tag.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>`},
		file{"Doc_0/Tags/s.xsd", "s"}, file{"Doc_0/Tags/tag.xml", "t"},
		file{"Doc_0/Attachs/Attachments.xml", `<ofd:Attachments` + ns + `><ofd:Attachment ID="60" Name="合同"><ofd:FileLoc>合同.docx</ofd:FileLoc></ofd:Attachment></ofd:Attachments>`},
		file{"Doc_0/Attachs/合同.docx", "w"},
		file{"Doc_0/Ext/Extensions.xml", `<ofd:Extensions` + ns + `><ofd:Extension AppName="x" RefId="1"><ofd:ExtendData>data.bin</ofd:ExtendData></ofd:Extension></ofd:Extensions>`},
		file{"Doc_0/Ext/data.bin", "d"},
		file{"Doc_0/Signs/Signatures.xml", `<ofd:Signatures` + ns + `><ofd:MaxSignId>1</ofd:MaxSignId><ofd:Signature ID="1" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>`},
		file{"Doc_0/Signs/Sign_0/Signature.xml", signatureXML("")},
		file{"Doc_0/Signs/Sign_0/SignedValue.dat", "v"}, file{"Doc_0/Signs/Sign_0/Seal.esl", "s"},
		file{"Doc_0/Signs/Sign_0/signFilePaths.dat", "vendor"},
		file{"readme.txt", "stray"},
	)
}

func TestPartsFollowsEveryReference(t *testing.T) {
	p := open(t, pack(t, everything()))
	parts, err := p.Parts()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, part := range parts {
		line := fmt.Sprintf("%s %s", part.Kind, strings.TrimPrefix(part.Path, "/Doc_0/"))
		if len(part.Pages) > 0 {
			line += fmt.Sprint(" ", part.Pages)
		}
		if part.Missing {
			line += " missing"
		}
		if part.Err != nil {
			t.Errorf("%s: %v", part.Path, part.Err)
		}
		got = append(got, line)
	}
	want := []string{
		"root /OFD.xml", "image cover.png", "document Document.xml",
		"resource PublicRes.xml", "colour_profile Res/p.icc", "font Res/f.ttf",
		"resource DocumentRes.xml", "image Res/i.png", "media Res/v.mp4", "image beside.png",
		"template Tpls/Tpl_0/Content.xml [1 2]", "resource Tpls/Tpl_0/TplRes.xml", "font Tpls/Tpl_0/t.ttf", "template Tpls/Unused/Content.xml",
		"page Pages/Page_0/Content.xml [1]", "resource Pages/Page_0/PageRes.xml [1]", "image Pages/Page_0/R/own.jpg [1]",
		"page Pages/Page_1/Content.xml [2]", "page Pages/Page_2/Content.xml [3] missing",
		"annot_index Annots/Annotations.xml", "annotation Annots/a2.xml [2]",
		"attach_index Attachs/Attachments.xml", "attachment Attachs/合同.docx",
		"custom_tag Tags/CustomTags.xml", "custom_tag Tags/tag.xml", "custom_tag Tags/s.xsd",
		"extension Ext/Extensions.xml", "extension Ext/data.bin",
		"version V/v0.xml", "document Old/Document.xml", "page Old/Page.xml [1]", "version Old/extra.bin",
		"signature_list Signs/Signatures.xml", "signature Signs/Sign_0/Signature.xml", "seal Signs/Sign_0/Seal.esl", "signed_value Signs/Sign_0/SignedValue.dat",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	strays, err := p.Strays()
	if err != nil || !slices.Equal(strays, []string{"/Doc_0/Signs/Sign_0/signFilePaths.dat", "/readme.txt"}) {
		t.Errorf("strays %q, %v", strays, err)
	}
}

func TestPartNamesAreForPeople(t *testing.T) {
	p := open(t, pack(t, everything()))
	tests := []struct{ path, zh, en string }{
		{"/OFD.xml", "文档入口", "document entry"},
		{"/Doc_0/Pages/Page_1/Content.xml", "第 2 页", "page 2"},
		{"/Doc_0/Tpls/Tpl_0/Content.xml", "页面模板（Tpl_0，第 1-2 页）", "page template (Tpl_0, pages 1-2)"},
		{"/Doc_0/Annots/a2.xml", "第 2 页的注释", "annotations of page 2"},
		{"/Doc_0/Pages/Page_0/R/own.jpg", "图片（own.jpg，第 1 页）", "picture (own.jpg, page 1)"},
		{"/Doc_0/Attachs/合同.docx", "附件（合同.docx）", "attachment (合同.docx)"},
		{"/Doc_0/Signs/Sign_0/Signature.xml", "签名文件（Sign_0）", "signature file (Sign_0)"},
		{"/Doc_0/Signs/Signatures.xml", "签名列表", "signature list"},
		{"/readme.txt", "文件 /readme.txt", "file /readme.txt"},
	}
	for _, tt := range tests {
		n := p.PartName(tt.path)
		if zh, en := n.Words(fault.ZH), n.Words(fault.EN); zh != tt.zh || en != tt.en {
			t.Errorf("%s: %q, %q", tt.path, zh, en)
		}
	}
	if got := pageWords([]int{1, 3, 4, 5, 9}); got != "1, 3-5, 9" {
		t.Errorf("pages %q", got)
	}
}

func TestKindsHaveWords(t *testing.T) {
	for _, part := range []Kind{KindRoot, KindMedia, KindColourProfile, KindEncryption, KindIntegrity, KindVersion} {
		if kindWords[part][0] == "" || kindWords[part][1] == "" {
			t.Errorf("%s has no words", part)
		}
	}
	if !KindSeal.IsSignature() || KindPage.IsSignature() {
		t.Error("IsSignature")
	}
}
