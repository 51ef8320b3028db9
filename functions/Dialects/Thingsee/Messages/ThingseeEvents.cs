namespace Serverless.Dialects.Thingsee.Messages;

/// <summary>Why a message was sent (tsmEv, reference C.2): those that have a meaning here.</summary>
internal static class ThingseeEvents
{
    public const int ResetRequest = 23;
    public const int UpdateRequest = 25;

    // The specification's pairs are a request and the next number; that of an update is not written down. [I]
    public const int UpdateResponse = 26;
    public const int DiagnosticsRequest = 27;
    public const int DiagnosticsResponse = 28;
    public const int ConfigurationRequest = 30;
    public const int ConfigurationEcho = 31;
    public const int InformationRequest = 32;
    public const int InformationResponse = 33;
    public const int CommandRequest = 35;
    public const int CommandResponse = 36;

    /// <summary>What may be asked of a thing.</summary>
    public static bool IsRequest(int number) =>
        number is ResetRequest or UpdateRequest or DiagnosticsRequest or ConfigurationRequest or InformationRequest or CommandRequest;

    /// <summary>What a thing answers with the transaction id of the request.</summary>
    public static bool IsAnswer(int number) =>
        number is UpdateResponse or DiagnosticsResponse or ConfigurationEcho or InformationResponse or CommandResponse;
}
