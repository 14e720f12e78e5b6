import static java.util.Map.entry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x509.Time;
import org.bouncycastle.cert.X509CertificateHolder;

/**
 * Electronic seals and seal signatures: GM/T 0031-2014 (version 1), GB/T 38540-2020 (version 4)
 * and its successor (version 5). BouncyCastle reads the ASN.1; what it means is said here, after
 * the text of the standards.
 */
final class Seals {
  private Seals() {}

  static final Map<String, Judge.Question> QUESTIONS =
      Map.ofEntries(entry("seal", Seals::seal), entry("seal-signature", Seals::signature));

  /** A seal whose maker's signature is right. */
  record Seal(byte[] raw, int version, ASN1Sequence property) {
    String name() {
      return ASN1UTF8String.getInstance(property.getObjectAt(1)).getString();
    }

    /** Version 1 has no certListType, so that what follows stands one place earlier. */
    private ASN1Encodable member(int place) {
      return property.getObjectAt(version == 1 ? place - 1 : place);
    }

    /** Is the certificate in certList, as itself or by its digest? */
    boolean allows(byte[] certificate) throws Exception {
      boolean digests =
          version != 1 && ASN1Integer.getInstance(property.getObjectAt(2)).intValueExact() == 2;
      byte[] want = digests ? sm3(certificate) : certificate;
      for (ASN1Encodable e : ASN1Sequence.getInstance(member(3))) {
        ASN1Encodable one = digests ? ASN1Sequence.getInstance(e).getObjectAt(1) : e;
        if (Arrays.equals(ASN1OctetString.getInstance(one).getOctets(), want)) {
          return true;
        }
      }
      return false;
    }

    boolean validAt(Date at) {
      Date start = Time.getInstance(member(5)).getDate();
      Date end = Time.getInstance(member(6)).getDate();
      return !at.before(start) && !at.after(end);
    }
  }

  /** A seal signature whose signer and seal maker signed. */
  record Signature(
      Seal seal, Date time, byte[] dataHash, String propertyInfo, X509CertificateHolder signer) {
    boolean inTime() {
      return signer.isValidOn(time) && seal.validAt(time);
    }
  }

  static byte[] sm3(byte[] b) throws Exception {
    return MessageDigest.getInstance("SM3", "BC").digest(b);
  }

  /** seal FILE: did the maker sign it? */
  private static String seal(String[] args) throws Exception {
    Seal s = verifySeal(Judge.read(args[0]));
    return "version " + s.version() + " " + s.name();
  }

  /** seal-signature FILE [SEALED]: signer, maker, list and, where given, what was sealed. */
  private static String signature(String[] args) throws Exception {
    Signature s = verifySignature(Judge.read(args[0]));
    if (args.length > 1) {
      boolean same = Arrays.equals(s.dataHash(), sm3(Judge.read(args[1])));
      Judge.require(same, "dataHash is of something else");
    }
    return "version " + s.seal().version() + " " + s.time().toInstant() + " " + s.propertyInfo();
  }

  /**
   * Version 1 is SEQUENCE {sealInfo, SEQUENCE {cert, alg, value}}, where sealInfo, cert and alg
   * are signed; later ones are SEQUENCE {eSealInfo, cert, alg, value, …}, where eSealInfo is.
   */
  static Seal verifySeal(byte[] raw) throws Exception {
    var seal = ASN1Sequence.getInstance(raw);
    var info = ASN1Sequence.getInstance(seal.getObjectAt(0));
    var header = ASN1Sequence.getInstance(info.getObjectAt(0));
    var property = ASN1Sequence.getInstance(info.getObjectAt(2));
    int version = ASN1Integer.getInstance(header.getObjectAt(1)).intValueExact();
    if (seal.size() == 2) {
      var by = ASN1Sequence.getInstance(seal.getObjectAt(1));
      var signed = new ASN1EncodableVector();
      signed.add(info);
      signed.add(by.getObjectAt(0));
      signed.add(by.getObjectAt(1));
      checkSignature("seal maker", by, 0, new DERSequence(signed).getEncoded(), 2);
      Judge.require(version == 1, "the header says version " + version);
    } else {
      checkSignature("seal maker", seal, 1, info.getEncoded(), 3);
      Judge.require(version == 4 || version == 5, "the header says version " + version);
    }
    return new Seal(raw, version, property);
  }

  /**
   * Version 1 is SEQUENCE {toSign, value} with certificate and algorithm at the end of toSign;
   * later ones are SEQUENCE {toSign, cert, alg, value, …}.
   */
  static Signature verifySignature(byte[] raw) throws Exception {
    var signature = ASN1Sequence.getInstance(raw);
    var toSign = ASN1Sequence.getInstance(signature.getObjectAt(0));
    Seal seal = verifySeal(toSign.getObjectAt(1).toASN1Primitive().getEncoded());
    Judge.require(
        ASN1Integer.getInstance(toSign.getObjectAt(0)).intValueExact() == seal.version(),
        "toSign and seal are of different versions");
    boolean first = seal.version() == 1;
    ASN1Sequence by = first ? toSign : signature;
    int at = first ? 5 : 1;
    byte[] value = Judge.bits(signature, first ? 1 : 3);
    checkSignature("signer", by, at, toSign.getEncoded(), value);
    byte[] certificate = Judge.octets(by, at);
    Judge.require(seal.allows(certificate), "the seal does not list the signer");
    return new Signature(
        seal,
        time(toSign, first),
        Judge.bits(toSign, 3),
        ASN1IA5String.getInstance(toSign.getObjectAt(4)).getString(),
        new X509CertificateHolder(certificate));
  }

  /** GM/T 0031 leaves the form of the text in version 1 open: it is that of ISO 8601 in the field. */
  private static Date time(ASN1Sequence toSign, boolean first) throws Exception {
    if (first) {
      var text = new String(Judge.bits(toSign, 2), StandardCharsets.US_ASCII);
      return Date.from(Instant.parse(text));
    }
    return ASN1GeneralizedTime.getInstance(toSign.getObjectAt(2)).getDate();
  }

  /** by holds certificate and algorithm from place at on, and the value at place. */
  private static void checkSignature(String who, ASN1Sequence by, int at, byte[] signed, int value)
      throws Exception {
    checkSignature(who, by, at, signed, Judge.bits(by, value));
  }

  private static void checkSignature(
      String who, ASN1Sequence by, int at, byte[] signed, byte[] value) throws Exception {
    String algorithm = by.getObjectAt(at + 1).toString();
    Judge.require(algorithm.equals("1.2.156.10197.1.501"), who + " signs with " + algorithm);
    var certificate = new X509CertificateHolder(Judge.octets(by, at));
    var key = Keys.publicKey(certificate.getSubjectPublicKeyInfo().getEncoded());
    Judge.require(Keys.verify(key, signed, value), who + " did not sign this");
  }
}
