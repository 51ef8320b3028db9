namespace Serverless.InfluxQL;

/// <summary>A query that is not InfluxQL. The message is the real server's, without its prefix "error parsing query: ".</summary>
public sealed class InfluxSyntaxException : Exception
{
    public InfluxSyntaxException(string message)
        : base(message) { }

    public InfluxSyntaxException(string message, Exception inner)
        : base(message, inner) { }

    public InfluxSyntaxException() { }
}
