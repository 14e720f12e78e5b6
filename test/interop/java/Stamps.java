import static java.util.Map.entry;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.tsp.TimeStampRequestGenerator;
import org.bouncycastle.tsp.TimeStampTokenGenerator;
import org.bouncycastle.util.CollectionStore;

/** A time-stamp authority (RFC 3161, GB/T 20520) that shares nothing with us. */
final class Stamps {
  private Stamps() {}

  static final Map<String, Judge.Question> QUESTIONS =
      Map.ofEntries(
          entry("make-stamp-certificate", Stamps::makeCertificate),
          entry("make-stamp", Stamps::makeStamp));

  private static final ASN1ObjectIdentifier POLICY = new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1");

  /** make-stamp-certificate FROM D ISSUER SPKI: of an authority for time stamps, for a year. */
  private static String makeCertificate(String[] args) throws Exception {
    var from = Instant.parse(args[0]);
    var issuer = Certificates.read(Judge.read(args[2]));
    var spki = SubjectPublicKeyInfo.getInstance(Judge.read(args[3]));
    var tools = new JcaX509ExtensionUtils();
    var builder =
        new X509v3CertificateBuilder(
            issuer.getSubject(),
            new BigInteger("4000000000000002", 16),
            Date.from(from),
            Date.from(from.plus(Duration.ofDays(365))),
            new X500Name("C=CN,O=示例时间戳中心,CN=示例时间戳服务"),
            spki);
    builder.addExtension(
        Extension.authorityKeyIdentifier, false, tools.createAuthorityKeyIdentifier(issuer));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_timeStamping));
    var signer =
        new JcaContentSignerBuilder("SM3withSM2")
            .setProvider("BC")
            .build(Keys.privateKey(Judge.read(args[1])));
    return Judge.made(builder.build(signer).getEncoded());
  }

  /** make-stamp TIME D CERTIFICATE VALUE: a token with SM2 and SM3 over the octets of VALUE. */
  private static String makeStamp(String[] args) throws Exception {
    var certificate = Certificates.read(Judge.read(args[2]));
    byte[] imprint = MessageDigest.getInstance("SM3", "BC").digest(Judge.read(args[3]));
    var digests = new JcaDigestCalculatorProviderBuilder().setProvider("BC").build();
    var signer =
        new JcaContentSignerBuilder("SM3withSM2")
            .setProvider("BC")
            .build(Keys.privateKey(Judge.read(args[1])));
    var generator =
        new TimeStampTokenGenerator(
            new JcaSignerInfoGeneratorBuilder(digests).build(signer, certificate),
            digests.get(new AlgorithmIdentifier(GMObjectIdentifiers.sm3)),
            POLICY);
    generator.addCertificates(new CollectionStore<>(List.of(certificate)));
    var asking = new TimeStampRequestGenerator();
    asking.setCertReq(true);
    var request = asking.generate(GMObjectIdentifiers.sm3, imprint, BigInteger.valueOf(42));
    var token =
        generator.generate(request, BigInteger.ONE, Date.from(Instant.parse(args[0])));
    return Judge.made(token.getEncoded("DER"));
  }
}
