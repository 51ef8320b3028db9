namespace Serverless.Dialects.Cumulocity.Mqtt.SmartRest;

/// <summary>The numbers of errors on s/e: those of SmartREST 1.0, as the vendor's list of built-in messages has them. [I] for 2.0, of which agents are known to expect 41.</summary>
internal enum SmartRestError
{
    /// <summary>There is no such template.</summary>
    NoTemplate = 40,

    /// <summary>The cloud refuses it.</summary>
    Refused = 41,

    /// <summary>The row cannot be read.</summary>
    Malformed = 42,

    /// <summary>A value is missing or wrong.</summary>
    Arguments = 45,

    /// <summary>The cloud failed.</summary>
    Server = 50,
}

/// <summary>A row that is refused.</summary>
/// <param name="error">The kind of error.</param>
/// <param name="template">The id of the template, empty where it is not known.</param>
/// <param name="message">What is wrong, for people.</param>
internal sealed class SmartRestException(SmartRestError error, string template, string message) : Exception(message)
{
    // What came in is not sent back at any length.
    private const int LongestTemplate = 32;

    public SmartRestError Error => error;

    /// <summary>As the topic s/e has it: 41,100,Device already existing.</summary>
    public string ToRow() =>
        SmartRestWriter.Write(
            ((int)error).ToString(),
            template.Length <= LongestTemplate ? template : template[..LongestTemplate],
            Message
        );
}
