import static java.util.Map.entry;

import java.math.BigInteger;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/** Certificates, requests and revocation lists (RFC 5280, RFC 2986, GB/T 20518). */
final class Certificates {
  private Certificates() {}

  static final Map<String, Judge.Question> QUESTIONS =
      Map.ofEntries(
          entry("certificate", Certificates::certificate),
          entry("path", Certificates::path),
          entry("request", Certificates::request),
          entry("list", Certificates::list),
          entry("make-certificate", Certificates::makeCertificate),
          entry("make-request", Certificates::makeRequest),
          entry("make-list", Certificates::makeList));

  private static final Instant START = Instant.parse("2026-03-01T09:00:00Z");

  static X509CertificateHolder read(byte[] der) throws Exception {
    return new X509CertificateHolder(der);
  }

  private static ContentVerifierProvider keyOf(X509CertificateHolder c) throws Exception {
    return new JcaContentVerifierProviderBuilder().setProvider("BC").build(c);
  }

  private static ContentSigner signer(String file) throws Exception {
    return new JcaContentSignerBuilder("SM3withSM2")
        .setProvider("BC")
        .build(Keys.privateKey(Judge.read(file)));
  }

  /** certificate CERTIFICATE ISSUER: one link, the signature and the names. */
  private static String certificate(String[] args) throws Exception {
    var c = read(Judge.read(args[0]));
    var issuer = read(Judge.read(args[1]));
    Judge.require(c.getIssuer().equals(issuer.getSubject()), "issued by " + c.getIssuer());
    Judge.require(c.isSignatureValid(keyOf(issuer)), "wrong signature");
    return c.getSubject().toString();
  }

  /**
   * path TIME ROOT CERTIFICATE… LIST…: RFC 5280 from below the root to the last certificate, with
   * the state of each from the lists.
   */
  private static String path(String[] args) throws Exception {
    var factory = CertificateFactory.getInstance("X.509", "BC");
    var root = x509(args[1]);
    List<X509Certificate> path = new ArrayList<>();
    List<X509CRL> lists = new ArrayList<>();
    for (int i = 2; i < args.length; i++) {
      if (isList(args[i])) {
        lists.add(new JcaX509CRLConverter().getCRL(new X509CRLHolder(Judge.read(args[i]))));
      } else {
        path.add(0, x509(args[i])); // the leaf first
      }
    }
    var parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
    parameters.setDate(Date.from(Instant.parse(args[0])));
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(lists), "BC"));
    var validator = CertPathValidator.getInstance("PKIX", "BC");
    validator.validate(factory.generateCertPath(path), parameters);
    return path.size() + " certificates, " + lists.size() + " lists";
  }

  private static X509Certificate x509(String file) throws Exception {
    return new JcaX509CertificateConverter()
        .setProvider("BC")
        .getCertificate(read(Judge.read(file)));
  }

  private static boolean isList(String file) throws Exception {
    try {
      read(Judge.read(file));
      return false;
    } catch (org.bouncycastle.cert.CertIOException e) {
      return true;
    }
  }

  /** request REQUEST: signed with the key inside it. */
  private static String request(String[] args) throws Exception {
    var request = new PKCS10CertificationRequest(Judge.read(args[0]));
    var key =
        new JcaContentVerifierProviderBuilder()
            .setProvider("BC")
            .build(request.getSubjectPublicKeyInfo());
    Judge.require(request.isSignatureValid(key), "wrong signature");
    return request.getSubject().toString();
  }

  /** list LIST ISSUER: says number and entries. */
  private static String list(String[] args) throws Exception {
    var list = new X509CRLHolder(Judge.read(args[0]));
    var issuer = read(Judge.read(args[1]));
    Judge.require(list.getIssuer().equals(issuer.getSubject()), "list of " + list.getIssuer());
    Judge.require(list.isSignatureValid(keyOf(issuer)), "wrong signature");
    var said = new StringBuilder();
    said.append("number ").append(list.getExtension(Extension.cRLNumber).getParsedValue());
    for (Object o : list.getRevokedCertificates()) {
      var e = (org.bouncycastle.cert.X509CRLEntryHolder) o;
      var reason = CRLReason.getInstance(e.getExtension(Extension.reasonCode).getParsedValue());
      said.append(", ").append(e.getSerialNumber().toString(16));
      said.append(" ").append(reason).append(" ").append(e.getRevocationDate().toInstant());
    }
    return said.toString();
  }

  /** make-certificate D ISSUER SPKI: a certificate under ISSUER, whose private key is D. */
  private static String makeCertificate(String[] args) throws Exception {
    var issuer = read(Judge.read(args[1]));
    var spki = SubjectPublicKeyInfo.getInstance(Judge.read(args[2]));
    var tools = new JcaX509ExtensionUtils();
    var builder =
        new X509v3CertificateBuilder(
            issuer.getSubject(),
            new BigInteger("4000000000000001", 16),
            Date.from(START),
            Date.from(START.plus(Duration.ofDays(365))),
            new X500Name("C=CN,O=示例监狱,CN=测试用户乙"),
            spki);
    builder.addExtension(
        Extension.authorityKeyIdentifier, false, tools.createAuthorityKeyIdentifier(issuer));
    builder.addExtension(
        Extension.subjectKeyIdentifier, false, tools.createSubjectKeyIdentifier(spki));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    return Judge.made(builder.build(signer(args[0])).getEncoded());
  }

  /** make-request D SPKI */
  private static String makeRequest(String[] args) throws Exception {
    var spki = SubjectPublicKeyInfo.getInstance(Judge.read(args[1]));
    var builder = new PKCS10CertificationRequestBuilder(new X500Name("C=CN,CN=测试用户乙"), spki);
    return Judge.made(builder.build(signer(args[0])).getEncoded());
  }

  /** make-list D ISSUER CERTIFICATE: a list with CERTIFICATE on hold. */
  private static String makeList(String[] args) throws Exception {
    var issuer = read(Judge.read(args[1]));
    var builder = new X509v2CRLBuilder(issuer.getSubject(), Date.from(START));
    builder.setNextUpdate(Date.from(START.plus(Duration.ofDays(7))));
    builder.addExtension(
        Extension.cRLNumber, false, new org.bouncycastle.asn1.x509.CRLNumber(BigInteger.TEN));
    builder.addExtension(
        Extension.authorityKeyIdentifier,
        false,
        new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(issuer));
    BigInteger serial = read(Judge.read(args[2])).getSerialNumber();
    builder.addCRLEntry(serial, Date.from(START), CRLReason.certificateHold);
    return Judge.made(builder.build(signer(args[0])).getEncoded());
  }
}
