package ofd

// This file knows which elements of which part refer to files (ST_Loc).

func (w *walker) document(d *Document) {
	w.doc = d.Index
	root := w.p.root()
	for _, info := range d.body.all("DocInfo") {
		w.refer(root, info.kid("Cover").value(), KindImage)
	}
	if d.Root == "" {
		w.refer(root, d.body.kid("DocRoot").value(), KindDocument)
	} else {
		w.add(Part{Path: d.Root, Kind: KindDocument, Document: d.Index, From: root, Ref: d.body.kid("DocRoot").value(), Err: d.Err})
		w.documentParts(d)
	}
	if all := d.body.all("DocRoot"); len(all) > 1 { // a reader may take another one than the first
		for _, other := range all[1:] {
			w.oldDocument(root, other.value())
		}
	}
	w.versions(root, d.body)
	w.signatures(root, d.body)
}

func (w *walker) documentParts(d *Document) {
	if d.tree == nil {
		return
	}
	common := d.tree.kid("CommonData")
	for _, name := range []string{"PublicRes", "DocumentRes"} {
		for _, n := range common.all(name) {
			w.resource(d.Root, n.value())
		}
	}
	for _, t := range common.all("TemplatePage") {
		w.template(d, t.attr("BaseLoc"))
	}
	var refs []*node
	for _, pages := range d.tree.all("Pages") {
		refs = append(refs, pages.all("Page")...)
	}
	for i := range d.Pages {
		w.page(d, &d.Pages[i], refs[i].attr("BaseLoc"))
	}
	w.annotations(d)
	w.attachments(d)
	w.customTags(d)
	w.extensions(d)
}

func (w *walker) page(d *Document, page *Page, ref string) {
	at, path := w.refer(d.Root, ref, KindPage, page.Index)
	if at >= 0 && page.Err != nil && !w.parts[at].Missing {
		w.parts[at].Err = page.Err
	}
	for _, t := range page.Templates {
		w.add(Part{Path: t, Kind: KindTemplate, Document: d.Index, Pages: []int{page.Index}, From: d.Root})
	}
	if path == "" {
		return
	}
	for _, res := range page.res {
		w.resource(path, res, page.Index)
	}
}

func (w *walker) template(d *Document, ref string) {
	at, path := w.refer(d.Root, ref, KindTemplate)
	if path == "" {
		return
	}
	head, err := w.p.scanPage(path)
	if err != nil {
		w.parts[at].Err = err
	}
	for _, res := range head.res {
		w.resource(path, res)
	}
}

// resource walks a Res part.
func (w *walker) resource(from, ref string, pages ...int) {
	tree, path := w.open(from, ref, KindResource, pages...)
	if tree == nil {
		return
	}
	file := func(ref string, kind Kind) {
		if ref != "" {
			w.refer(w.p.resourceFolder(path, tree, ref), ref, kind, pages...)
		}
	}
	tree.walk(func(n *node) {
		switch n.name {
		case "FontFile":
			file(n.value(), KindFont)
		case "MediaFile":
			file(n.value(), KindMedia)
		case "ColorSpace":
			file(n.attr("Profile"), KindColourProfile)
		case "MultiMedia":
			if kind := n.attr("Type"); kind == "Image" || kind == "" {
				file(n.kid("MediaFile").value(), KindImage)
			}
		}
	})
}

func (w *walker) annotations(d *Document) {
	for _, n := range d.tree.all("Annotations") {
		tree, path := w.open(d.Root, n.value(), KindAnnotIndex)
		for _, page := range tree.all("Page") {
			pages := []int(nil)
			if shown := d.PageByID(page.attr("PageID")); shown != nil {
				pages = []int{shown.Index}
			}
			for _, loc := range page.all("FileLoc") {
				w.open(path, loc.value(), KindAnnotation, pages...) // only to learn whether it can be read
			}
		}
	}
}

func (w *walker) attachments(d *Document) {
	for _, n := range d.tree.all("Attachments") {
		tree, path := w.open(d.Root, n.value(), KindAttachIndex)
		for _, a := range tree.all("Attachment") {
			for _, loc := range a.all("FileLoc") {
				w.refer(path, loc.value(), KindAttachment)
			}
		}
	}
}

func (w *walker) customTags(d *Document) {
	for _, n := range d.tree.all("CustomTags") {
		tree, path := w.open(d.Root, n.value(), KindCustomTag)
		for _, tag := range tree.all("CustomTag") {
			w.refer(path, tag.kid("FileLoc").value(), KindCustomTag)
			w.refer(path, tag.kid("SchemaLoc").value(), KindCustomTag)
		}
	}
}

func (w *walker) extensions(d *Document) {
	for _, n := range d.tree.all("Extensions") {
		tree, path := w.open(d.Root, n.value(), KindExtension)
		tree.walk(func(e *node) {
			if e.name == "ExtendData" {
				w.refer(path, e.value(), KindExtension)
			}
		})
	}
}

// versions walks the older versions that a document keeps: each has a file list
// and may name another Document.xml, which a reader can show.
func (w *walker) versions(root string, body *node) {
	for _, list := range body.all("Versions") {
		for _, v := range list.all("Version") {
			tree, path := w.open(root, v.attr("BaseLoc"), KindVersion)
			if tree == nil {
				continue
			}
			w.oldDocument(path, tree.kid("DocRoot").value())
			for _, f := range tree.kid("FileList").all("File") {
				w.refer(path, f.value(), KindVersion)
			}
		}
	}
}

// oldDocument walks a Document.xml beside the one that the DocBody names first.
func (w *walker) oldDocument(from, ref string) {
	at, path := w.refer(from, ref, KindDocument)
	if path == "" {
		return
	}
	old := &Document{Index: w.doc, PageArea: a4}
	if old.Err = w.p.fillDocument(old, from, ref); old.Err != nil {
		w.parts[at].Err = old.Err
		return
	}
	w.documentParts(old)
}

func (w *walker) signatures(root string, body *node) {
	for _, n := range body.all("Signatures") {
		at, path := w.refer(root, n.value(), KindSignatureList)
		if path == "" {
			continue
		}
		list, err := w.p.readSignatureList(root, n.value())
		if err != nil {
			w.parts[at].Err = err
			continue
		}
		for _, it := range list.Items {
			w.signature(list.Path, it)
		}
	}
}

func (w *walker) signature(list string, it SignatureItem) {
	at, path := w.refer(list, it.BaseLoc, KindSignature)
	if path == "" {
		return
	}
	f, err := w.p.SignatureFile(path)
	if err != nil {
		w.parts[at].Err = err
		return
	}
	if f.SealRef != "" {
		w.refer(path, f.SealRef, KindSeal)
	}
	w.add(Part{Path: f.SignedValuePath, Kind: KindSignedValue, Document: w.doc, From: path, Ref: f.SignedValueRef, Missing: f.ValueMissing})
}
