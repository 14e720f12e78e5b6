import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.Security;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * Judges files with BouncyCastle. A question is a word with its arguments, most of them names of
 * files. It is asked on the command line, or as a line on the standard input with tabs between the
 * words, many one after the other:
 *
 * <pre>
 * BC=/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar
 * javac -encoding UTF-8 -cp $BC -d classes *.java
 * java -cp classes:$BC Judge ofd sealed.ofd
 * </pre>
 *
 * The answer is a line: "ok: what was seen", "refused: why", or "broken: why" when the question
 * itself cannot be asked. A question that begins with "make-" lets BouncyCastle write: the answer
 * holds the file in Base64. Nothing here is shared with what is judged.
 */
public final class Judge {
  private Judge() {}

  /** Answers when the files are right, and throws when they are not. */
  interface Question {
    String ask(String[] args) throws Exception;
  }

  /** Says why files are refused. */
  static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String why) {
      super(why);
    }
  }

  private static final Map<String, Question> QUESTIONS = new TreeMap<>();

  static {
    QUESTIONS.put("der", Judge::strictDER);
    QUESTIONS.putAll(Keys.QUESTIONS);
    QUESTIONS.putAll(KeyFiles.QUESTIONS);
    QUESTIONS.putAll(Certificates.QUESTIONS);
    QUESTIONS.putAll(Messages.QUESTIONS);
    QUESTIONS.putAll(Seals.QUESTIONS);
    QUESTIONS.putAll(Stamps.QUESTIONS);
    QUESTIONS.putAll(Documents.QUESTIONS);
  }

  public static void main(String[] args) throws IOException {
    Security.addProvider(new BouncyCastleProvider());
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    if (args.length > 0) {
      String answer = answer(args);
      out.println(answer);
      System.exit(answer.startsWith("ok") ? 0 : 1);
    }
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(answer(line.split("\t")));
    }
  }

  private static String answer(String[] words) {
    Question question = QUESTIONS.get(words[0]);
    if (question == null) {
      return "broken: no question " + words[0] + ", only " + QUESTIONS.keySet();
    }
    try {
      String said = question.ask(Arrays.copyOfRange(words, 1, words.length));
      return "ok: " + oneLine(said);
    } catch (NoSuchFileException e) {
      return "broken: no file " + e.getMessage();
    } catch (Exception e) { // BouncyCastle refuses by exceptions of every kind
      return "refused: " + oneLine(why(e));
    }
  }

  private static String why(Throwable e) {
    String own = e instanceof Refused ? e.getMessage() : e.toString();
    return e.getCause() == null ? own : own + ": " + why(e.getCause());
  }

  private static String oneLine(String s) {
    return s.replaceAll("\\s+", " ");
  }

  /** The octets of a file. */
  static byte[] read(String file) throws IOException {
    return Files.readAllBytes(Path.of(file));
  }

  /** The answer to a "make-" question. */
  static String made(byte[] b) {
    return Base64.getEncoder().encodeToString(b);
  }

  /** Refuses unless something is right. */
  static void require(boolean right, String otherwise) throws Refused {
    if (!right) {
      throw new Refused(otherwise);
    }
  }

  /** der FILE: is it written the one way that DER allows? */
  private static String strictDER(String[] args) throws Exception {
    byte[] b = read(args[0]);
    byte[] again = ASN1Primitive.fromByteArray(b).getEncoded(ASN1Encoding.DER);
    require(Arrays.equals(b, again), "DER of the same value is " + again.length + " other octets");
    return b.length + " octets";
  }

  /** Refuses one plaintext in place of another. */
  static String same(byte[] got, byte[] want) throws Refused {
    require(Arrays.equals(got, want), "another plaintext");
    return got.length + " octets";
  }

  /** The octets of the OCTET STRING at that place, from 0. */
  static byte[] octets(ASN1Sequence s, int at) {
    return ASN1OctetString.getInstance(s.getObjectAt(at)).getOctets();
  }

  /** The octets of the BIT STRING at that place, from 0. */
  static byte[] bits(ASN1Sequence s, int at) {
    return ASN1BitString.getInstance(s.getObjectAt(at)).getOctets();
  }
}
