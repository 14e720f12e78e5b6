package render_test

import (
	"testing"

	"golang.org/x/image/font/gofont/goregular"

	"xinzhang/internal/format/ofd/render"
)

const fontRes = `<ofd:Fonts><ofd:Font ID="10" FontName="宋体"/><ofd:Font ID="11" FontName="GoRegular"><ofd:FontFile>go.ttf</ofd:FontFile></ofd:Font></ofd:Fonts>`

const mediaRes = `<ofd:MultiMedias><ofd:MultiMedia ID="20" Type="Image"><ofd:MediaFile>a.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>`

var withFont = map[string]string{"Doc_0/Res/go.ttf": string(goregular.TTF)}

var constructs = []struct {
	name  string
	notes string
	sketch
}{
	{"path_operators", "", sketch{Content: `<ofd:PathObject ID="3" Boundary="5 5 60 40" LineWidth="0.5" Join="Round" Cap="Square">
		<ofd:StrokeColor Value="#1a #34 #8c"/><ofd:AbbreviatedData>S 0 0 L 10 0 Q 15 0 15 5 B 15 10 20 10 20 15 A 5 3 30 0 1 30 20 C M 40,5 L50-5.5 55 10 C</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"path_fill_rule", "", sketch{Content: `<ofd:PathObject ID="3" Boundary="0 0 40 40" Stroke="false" Fill="true" Rule="Even-Odd" Alpha="128">
		<ofd:FillColor Value="215 26 27" Alpha="204"/><ofd:AbbreviatedData>M 20 2 L 32 38 L 2 15 L 38 15 L 8 38 C</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"path_fill_without_colour_is_transparent", "", sketch{Content: `<ofd:PathObject ID="3" Boundary="0 0 9 9" Stroke="false" Fill="true"><ofd:AbbreviatedData>M 0 0 L 9 0 L 9 9 C</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"path_dash", "", sketch{Content: `<ofd:PathObject ID="3" Boundary="5 5 60 1" LineWidth="0.3" DashPattern="3 1.5" DashOffset="1"><ofd:AbbreviatedData>M 0 0 L 60 0</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"path_clipped_to_boundary", "", sketch{Content: `<ofd:PathObject ID="3" Boundary="10 10 20 20" Fill="true"><ofd:FillColor Value="255 0 0"/><ofd:AbbreviatedData>M -5 -5 L 50 10 L 10 50 C</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"path_hairline_and_flags", "", sketch{Content: `<ofd:PathObject ID="3" Boundary="10 10 20 20" LineWidth="0" Stroke="1" Fill="0"><ofd:AbbreviatedData>M 0 0 L 10 10</ofd:AbbreviatedData></ofd:PathObject>
		<ofd:PathObject ID="4" Boundary="10 10 20 20" Visible="0"><ofd:AbbreviatedData>M 0 0 L 10 10</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"path_broken_midway", "render.broken path data", sketch{Content: `<ofd:PathObject ID="3" Boundary="10 10 20 20"><ofd:AbbreviatedData>M 0 0 L 10 10 L 5 x</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"draw_param_relative", "", sketch{
		Res: `<ofd:DrawParams><ofd:DrawParam ID="30" LineWidth="1" Cap="Round"><ofd:StrokeColor Value="255 0 0"/></ofd:DrawParam>
			<ofd:DrawParam ID="31" Relative="30" LineWidth="2"/></ofd:DrawParams>`,
		Page: `<ofd:Content><ofd:Layer ID="2" DrawParam="31"><ofd:PathObject ID="3" Boundary="5 5 60 5"><ofd:AbbreviatedData>M 0 0 L 60 0</ofd:AbbreviatedData></ofd:PathObject>
			<ofd:PathObject ID="4" Boundary="5 15 60 5" DrawParam="30"><ofd:AbbreviatedData>M 0 0 L 60 0</ofd:AbbreviatedData></ofd:PathObject></ofd:Layer></ofd:Content>`}},
	{"colour_spaces", "render.colour_approximate CMYK", sketch{
		Res: `<ofd:ColorSpaces><ofd:ColorSpace ID="40" Type="GRAY"/><ofd:ColorSpace ID="41" Type="CMYK"/>
			<ofd:ColorSpace ID="42" Type="RGB"><ofd:Palette><ofd:CV>1 2 3</ofd:CV><ofd:CV>#0a #7a #3d</ofd:CV></ofd:Palette></ofd:ColorSpace>
			<ofd:ColorSpace ID="43" Type="RGB" BitsPerComponent="4"/></ofd:ColorSpaces>`,
		Content: swatch(3, `ColorSpace="40" Value="128"`) + swatch(4, `ColorSpace="41" Value="0 255 255 51"`) +
			swatch(5, `ColorSpace="42" Index="1"`) + swatch(6, `ColorSpace="43" Value="15 8 0"`) + swatch(7, `Value="#ee #20 25"`)}},
	{"layers_and_templates", "", sketch{
		Page: `<ofd:Template TemplateID="80" ZOrder="Foreground"/><ofd:Template TemplateID="81"/><ofd:Content>
			<ofd:Layer ID="2" Type="Foreground">` + swatch(3, `Value="3 0 0"`) + `</ofd:Layer><ofd:Layer ID="4" Type="Background">` + swatch(5, `Value="1 0 0"`) + `</ofd:Layer>
			<ofd:Layer ID="6">` + swatch(7, `Value="2 0 0"`) + `</ofd:Layer></ofd:Content>`,
		Files: map[string]string{
			"Doc_0/Tpls/T_0.xml": `<ofd:Page ` + ns + `><ofd:Content><ofd:Layer ID="8">` + swatch(9, `Value="4 0 0"`) + `</ofd:Layer></ofd:Content></ofd:Page>`,
			"Doc_0/Tpls/T_1.xml": `<ofd:Page ` + ns + `><ofd:Content><ofd:Layer ID="12">` + swatch(13, `Value="0 0 0"`) + `</ofd:Layer></ofd:Content></ofd:Page>`}}},
	{"template_missing", "render.missing template page", sketch{Page: `<ofd:Template TemplateID="80"/><ofd:Content/>`}},
	{"page_box_of_its_own", "", sketch{Page: `<ofd:Area><ofd:PhysicalBox>10 20 30 40</ofd:PhysicalBox></ofd:Area><ofd:Content/>`}},
	{"text_embedded", "", sketch{Res: fontRes, Files: withFont, Content: `<ofd:TextObject ID="3" Boundary="10 10 60 10" Font="11" Size="5">
		<ofd:FillColor Value="24 52 140"/><ofd:TextCode X="0" Y="5" DeltaX="4 g 2 3">Lilo</ofd:TextCode></ofd:TextObject>`}},
	{"text_glyphs_by_number", "", sketch{Res: fontRes, Files: withFont, Content: `<ofd:TextObject ID="3" Boundary="10 10 60 10" Font="11" Size="5" HScale="0.5" CharDirection="90">
		<ofd:CGTransform CodePosition="1" CodeCount="2" GlyphCount="1"><ofd:Glyphs>44</ofd:Glyphs></ofd:CGTransform><ofd:TextCode X="0" Y="5" DeltaX="4 4">l` + "\uE001\uE002" + `i</ofd:TextCode></ofd:TextObject>`}},
	{"text_stroked", "", sketch{Res: fontRes, Files: withFont, Content: `<ofd:TextObject ID="3" Boundary="10 10 60 10" Font="11" Size="5" Fill="false" Stroke="true" LineWidth="0.1">
		<ofd:StrokeColor Value="255 0 0"/><ofd:TextCode X="0" Y="5">l</ofd:TextCode></ofd:TextObject>`}},
	{"text_substituted", "render.font_substituted 宋体", sketch{Res: fontRes, Content: `<ofd:TextObject ID="3" Boundary="10 10 60 10" Font="10" Size="5" Weight="700" CTM="1 0 0.2 1 0 0">
		<ofd:TextCode X="0" Y="5" DeltaX="5">示例 A&lt;&amp;𠮷` + "\u202e" + `乙</ofd:TextCode></ofd:TextObject>`}},
	{"text_glyph_missing", "render.glyph_missing GoRegular", sketch{Res: fontRes, Files: withFont, Content: `<ofd:TextObject ID="3" Boundary="10 10 60 10" Font="11" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="5">l章` + "\uE005" + `</ofd:TextCode></ofd:TextObject>`}},
	{"text_font_broken", "render.font_broken GoRegular", sketch{Res: fontRes, Files: map[string]string{"Doc_0/Res/go.ttf": "no font"}, Content: `<ofd:TextObject ID="3" Boundary="10 10 60 10" Font="11" Size="5"><ofd:TextCode X="0" Y="5">l</ofd:TextCode></ofd:TextObject>`}},
	{"text_font_file_missing", "render.missing font resource", sketch{Res: fontRes, Content: `<ofd:TextObject ID="3" Boundary="10 10 60 10" Font="11" Size="5"><ofd:TextCode X="0" Y="5">l</ofd:TextCode></ofd:TextObject>`}},
	{"text_vertical", "render.font_substituted 宋体", sketch{Res: fontRes, Content: `<ofd:TextObject ID="3" Boundary="10 10 10 40" Font="10" Size="5" ReadDirection="90"><ofd:TextCode X="0" Y="5">示例</ofd:TextCode></ofd:TextObject>`}},
	{"image", "", sketch{Res: mediaRes, Files: map[string]string{"Doc_0/Res/a.png": squares()}, Content: `<ofd:ImageObject ID="3" Boundary="10 10 20 20" CTM="20 0 0 20 0 0" ResourceID="20" Alpha="128"/><ofd:ImageObject ID="4" Boundary="40 10 10 20" ResourceID="20"/>`}},
	{"image_turned_and_clipped", "", sketch{Res: mediaRes, Files: map[string]string{"Doc_0/Res/a.png": squares()}, Content: `<ofd:ImageObject ID="3" Boundary="10 10 20 20" CTM="20 20 -20 20 20 0" ResourceID="20"/>`}},
	{"image_missing", "render.missing picture", sketch{Res: mediaRes, Content: `<ofd:ImageObject ID="3" Boundary="10 10 20 20" ResourceID="20"/>`}},
	{"image_cut", "render.broken PNG picture", sketch{Res: mediaRes, Files: map[string]string{"Doc_0/Res/a.png": squares()[:60]}, Content: `<ofd:ImageObject ID="3" Boundary="10 10 20 20" ResourceID="20"/>`}},
	{"image_of_unknown_kind", "render.unsupported PNG picture", sketch{Res: mediaRes, Files: map[string]string{"Doc_0/Res/a.png": "\x97JB2\r\n\x1a\n..."}, Content: `<ofd:ImageObject ID="3" Boundary="10 10 20 20" ResourceID="20"/>`}},
	{"clips", "", sketch{Content: `<ofd:PathObject ID="3" Boundary="0 0 40 40" Stroke="false" Fill="true" CTM="2 0 0 2 0 0"><ofd:Clips>
		<ofd:Clip><ofd:Area><ofd:Path Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 9 0 L 9 9 C</ofd:AbbreviatedData></ofd:Path></ofd:Area>
			<ofd:Area CTM="1 0 0 1 9 9"><ofd:Path Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 9 0 L 9 9 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip>
		<ofd:Clip><ofd:Area><ofd:Path Boundary="2 2 16 16"><ofd:AbbreviatedData>M 0 0 L 16 0 L 16 16 L 0 16 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>
		<ofd:FillColor Value="10 122 61"/><ofd:AbbreviatedData>M 0 0 L 20 0 L 20 20 L 0 20 C</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"clips_moved_by_the_ctm", "", sketch{Content: `<ofd:PathObject ID="3" Boundary="0 0 40 40" Stroke="false" Fill="true" CTM="2 0 0 2 0 0"><ofd:Clips TransFlag="true">
		<ofd:Clip><ofd:Area><ofd:Path Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 9 0 L 9 9 C</ofd:AbbreviatedData></ofd:Path></ofd:Area>
			<ofd:Area CTM="1 0 0 1 9 9"><ofd:Path Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 9 0 L 9 9 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip>
		<ofd:Clip><ofd:Area><ofd:Path Boundary="2 2 16 16"><ofd:AbbreviatedData>M 0 0 L 16 0 L 16 16 L 0 16 C</ofd:AbbreviatedData></ofd:Path></ofd:Area></ofd:Clip></ofd:Clips>
		<ofd:FillColor Value="10 122 61"/><ofd:AbbreviatedData>M 0 0 L 20 0 L 20 20 L 0 20 C</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"clip_by_text", "", sketch{Res: fontRes, Files: withFont, Content: `<ofd:PathObject ID="3" Boundary="0 0 40 40" Stroke="false" Fill="true"><ofd:Clips><ofd:Clip><ofd:Area>
		<ofd:Text Boundary="5 5 20 20" Font="11" Size="20"><ofd:TextCode X="0" Y="18">l</ofd:TextCode></ofd:Text></ofd:Area></ofd:Clip></ofd:Clips>
		<ofd:FillColor Value="10 122 61"/><ofd:AbbreviatedData>M 0 0 L 40 0 L 40 40 L 0 40 C</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"shadings", "", sketch{Content: shaded(3, 5, `<ofd:AxialShd StartPoint="0 0" EndPoint="20 0" Extend="3"><ofd:Segment Position="0"><ofd:Color Value="255 0 0"/></ofd:Segment><ofd:Segment Position="1"><ofd:Color Value="0 0 255" Alpha="100"/></ofd:Segment></ofd:AxialShd>`) +
		shaded(4, 30, `<ofd:AxialShd StartPoint="5 0" EndPoint="15 0" MapType="Reflect" MapUnit="2"><ofd:Segment><ofd:Color Value="255 0 0"/></ofd:Segment><ofd:Segment><ofd:Color Value="0 0 255"/></ofd:Segment></ofd:AxialShd>`) +
		shaded(5, 55, `<ofd:RadialShd StartPoint="10 10" EndPoint="10 10" StartRadius="0" EndRadius="10" Eccentricity="0.8" Angle="30"><ofd:Segment><ofd:Color Value="255 255 0"/></ofd:Segment><ofd:Segment><ofd:Color Value="0 128 0"/></ofd:Segment></ofd:RadialShd>`)}},
	{"shading_by_mesh", "render.unsupported mesh shading", sketch{Content: shaded(3, 5, `<ofd:GouraudShd/>`)}},
	{"pattern", "", sketch{Content: shaded(3, 5, `<ofd:Pattern Width="4" Height="4" XStep="5" YStep="5" CTM="1 0 0 1 1 1"><ofd:CellContent>`+swatch(10, `Value="215 26 27"`)+`</ofd:CellContent></ofd:Pattern>`)}},
	{"composite", "", sketch{
		Res:     `<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="50" Width="10" Height="10"><ofd:Content>` + swatch(51, `Value="24 52 140"`) + `</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>`,
		Content: `<ofd:CompositeObject ID="3" Boundary="20 20 20 20" ResourceID="50" CTM="3 0 0 3 0 0" Alpha="200"/>`}},
	{"composite_of_itself", "render.unsupported objects nested too deep", sketch{
		Res:     `<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="50"><ofd:Content><ofd:CompositeObject ID="3" ResourceID="50"/></ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits>`,
		Content: `<ofd:CompositeObject ID="3" Boundary="20 20 20 20" ResourceID="50"/>`}},
	{"annotations", "render.action_ignored", sketch{Annots: `<ofd:Annot ID="60" Type="Watermark"><ofd:Appearance Boundary="10 10 30 30">` + swatch(61, `Value="200 200 200"`) + `</ofd:Appearance></ofd:Annot>
		<ofd:Annot ID="62" Type="Stamp" Visible="false"><ofd:Appearance Boundary="0 0 9 9">` + swatch(63, `Value="1 1 1"`) + `</ofd:Appearance></ofd:Annot>`,
		Content: `<ofd:PathObject ID="3" Boundary="0 0 9 9"><ofd:Actions/><ofd:AbbreviatedData>M 0 0 L 9 9</ofd:AbbreviatedData></ofd:PathObject>`}},
	{"unknown_object", "render.unsupported object VideoObject", sketch{Content: `<ofd:VideoObject ID="3" Boundary="0 0 9 9"/>`}},
	{"resource_missing", "render.missing drawing parameters; render.missing composite object; render.missing font resource", sketch{Content: `<ofd:PathObject ID="3" DrawParam="77" Boundary="0 0 9 9"><ofd:AbbreviatedData>M 0 0 L 9 9</ofd:AbbreviatedData></ofd:PathObject>
		<ofd:CompositeObject ID="4" ResourceID="78"/><ofd:TextObject ID="5" Font="79" Size="4" Boundary="0 0 9 9"><ofd:TextCode X="0" Y="4">示</ofd:TextCode></ofd:TextObject>`}},
}

// swatch is a filled square of 5 mm.
func swatch(id int, colour string) string {
	return `<ofd:PathObject ID="` + string(rune('0'+id%10)) + `" Boundary="` + string(rune('0'+id%10)) + ` 1 5 5" Stroke="false" Fill="true"><ofd:FillColor ` + colour +
		`/><ofd:AbbreviatedData>M 0 0 L 5 0 L 5 5 L 0 5 C</ofd:AbbreviatedData></ofd:PathObject>`
}

// shaded is a square of 20 mm, x from the left, filled with fill.
func shaded(id, x int, fill string) string {
	return `<ofd:PathObject ID="` + string(rune('0'+id)) + `" Boundary="` + string(rune('0'+x/10)) + string(rune('0'+x%10)) + ` 5 20 20" Stroke="false" Fill="true"><ofd:FillColor>` + fill +
		`</ofd:FillColor><ofd:AbbreviatedData>M 0 0 L 20 0 L 20 20 L 0 20 C</ofd:AbbreviatedData></ofd:PathObject>`
}

// TestConstructs draws each construct of the standard in a document of its own.
func TestConstructs(t *testing.T) {
	for _, c := range constructs {
		t.Run(c.name, func(t *testing.T) {
			p := draw(t, c.pack(t), render.Options{})
			if got := noteList(p); got != c.notes {
				t.Errorf("notes %q, want %q", got, c.notes)
			}
			golden(t, c.name, p.SVG)
		})
	}
}
