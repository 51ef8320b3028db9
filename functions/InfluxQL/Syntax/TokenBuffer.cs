namespace Serverless.InfluxQL.Syntax;

/// <summary>The last three tokens of a scanner, so that a parser may take back up to three.</summary>
internal sealed class TokenBuffer(Scanner scanner)
{
    private readonly Lexeme[] ring = new Lexeme[3];
    private int last;
    private int unread;

    /// <summary>The scanner's text, which runs ahead of the tokens that were taken back.</summary>
    public CodePoints Source => scanner.Source;

    public Lexeme Scan() => Next(regex: false);

    /// <summary>Scans a regular expression, unless a token was taken back: that one comes first.</summary>
    public Lexeme ScanRegex() => Next(regex: true);

    public void Unscan() => unread++;

    private Lexeme Next(bool regex)
    {
        if (unread > 0)
        {
            unread--;
        }
        else
        {
            last = (last + 1) % ring.Length;
            ring[last] = regex ? scanner.ScanRegex() : scanner.Scan();
        }

        return ring[(last - unread + ring.Length) % ring.Length];
    }
}
