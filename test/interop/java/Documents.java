import static java.util.Map.entry;

import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Sealed documents (GB/T 33190-2016, 18; GB/T 38540-2020) and integrity lists (GM/T 0099). */
final class Documents {
  private Documents() {}

  static final Map<String, Judge.Question> QUESTIONS =
      Map.ofEntries(
          entry("ofd", args -> new Sealed(args[0]).verify(false)),
          entry("ofd-in-time", args -> new Sealed(args[0]).verify(true)),
          entry("integrity", Documents::integrity));

  /** The files of the package by absolute name. Two of one name are refused. */
  private static Map<String, byte[]> unzip(String file) throws Exception {
    Map<String, byte[]> files = new TreeMap<>();
    Judge.read(file); // to name an absent file for what it is
    try (var zip = new ZipFile(file)) {
      for (var e : zip.stream().toList()) {
        if (e.isDirectory()) {
          continue;
        }
        byte[] before = files.put("/" + e.getName(), zip.getInputStream(e).readAllBytes());
        Judge.require(before == null, "two files " + e.getName());
      }
    }
    return files;
  }

  private static Element parse(byte[] xml) throws Exception {
    var factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    var builder = factory.newDocumentBuilder();
    builder.setErrorHandler(null); // what is wrong comes as an exception
    return builder.parse(new ByteArrayInputStream(xml)).getDocumentElement();
  }

  /** All elements of that name below e. */
  private static List<Element> all(Element e, String name) {
    NodeList found = e.getElementsByTagNameNS("http://www.ofdspec.org/2016", name);
    List<Element> list = new ArrayList<>();
    for (int i = 0; i < found.getLength(); i++) {
      list.add((Element) found.item(i));
    }
    return list;
  }

  private static Element one(Element e, String name) throws Judge.Refused {
    List<Element> found = all(e, name);
    Judge.require(found.size() == 1, found.size() + " elements " + name);
    return found.get(0);
  }

  private static String text(Element e) {
    return e.getTextContent().strip();
  }

  /** The absolute name of ref in the file base. */
  private static String resolve(String base, String ref) {
    return ref.startsWith("/") ? ref : base.substring(0, base.lastIndexOf('/') + 1) + ref;
  }

  /** A package, and which of its files a signature speaks for. */
  private static final class Sealed {
    private final Map<String, byte[]> files;
    private final Set<String> covered = new HashSet<>();
    private final StringBuilder said = new StringBuilder();
    private boolean inTime = true;

    Sealed(String file) throws Exception {
      files = unzip(file);
    }

    private byte[] file(String name) throws Judge.Refused {
      Judge.require(files.containsKey(name), name + " is missing");
      return files.get(name);
    }

    /** ofd FILE: every signature of every document, and that each file is covered by one. */
    String verify(boolean times) throws Exception {
      for (Element list : all(parse(file("/OFD.xml")), "Signatures")) {
        String name = resolve("/OFD.xml", text(list));
        covered.add(name); // not protected, for later signatures extend it
        for (Element entry : all(parse(file(name)), "Signature")) {
          signature(resolve(name, entry.getAttribute("BaseLoc")));
        }
      }
      Judge.require(said.length() > 0, "nobody signed");
      for (String name : files.keySet()) {
        Judge.require(covered.contains(name), name + " is covered by no signature");
      }
      Judge.require(inTime || !times, "signed outside the validity of certificate or seal");
      return said.toString();
    }

    private void signature(String name) throws Exception {
      byte[] raw = file(name);
      Element xml = parse(raw);
      int references = 0;
      for (Element list : all(xml, "References")) {
        String method = list.getAttribute("CheckMethod");
        boolean sm3 = Set.of("SM3", "sm3", "1.2.156.10197.1.401").contains(method);
        Judge.require(sm3, name + " digests with " + method);
        for (Element r : all(list, "Reference")) {
          String ref = resolve(name, r.getAttribute("FileRef"));
          byte[] want = Base64.getDecoder().decode(text(one(r, "CheckValue")));
          Judge.require(Arrays.equals(Seals.sm3(file(ref)), want), ref + " was changed");
          covered.add(ref);
          references++;
        }
      }
      String value = resolve(name, text(one(xml, "SignedValue")));
      covered.addAll(List.of(name, value)); // by dataHash, and by itself
      Judge.require(all(xml, "Seal").size() == 1, name + " has no seal: no certificate to ask");
      Seals.Signature s = Seals.verifySignature(file(value));
      Judge.require(Arrays.equals(s.dataHash(), Seals.sm3(raw)), name + " was changed");
      Judge.require(s.propertyInfo().equals(name), "signed as " + s.propertyInfo());
      String seal = resolve(name, text(one(one(xml, "Seal"), "BaseLoc")));
      boolean same = Arrays.equals(file(seal), s.seal().raw());
      Judge.require(same, seal + " is another seal than that in the signature");
      inTime &= s.inTime();
      said.append(s.seal().name()).append(", version ").append(s.seal().version());
      said.append(", ").append(references).append(" files; ");
    }
  }

  /**
   * integrity FILE: OFDEntries.xml names every file, and its SM3 is the content of the signed
   * message beside it.
   */
  private static String integrity(String[] args) throws Exception {
    Map<String, byte[]> files = new HashMap<>(unzip(args[0]));
    byte[] raw = files.remove("/OFDEntries.xml");
    Judge.require(raw != null, "no integrity list");
    Element list = parse(raw);
    byte[] message = files.remove(resolve("/", text(one(list, "SignedValueLoc"))));
    Judge.require(message != null, "the signed value is missing");
    String signer = Messages.verify(message, Seals.sm3(raw));
    for (Element f : all(list, "File")) {
      String name = resolve("/", f.getAttribute("FileLoc"));
      Judge.require(files.remove(name) != null, name + " is missing");
    }
    Judge.require(files.isEmpty(), "not listed: " + files.keySet());
    return signer;
  }
}
