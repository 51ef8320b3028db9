using Microsoft.Extensions.Logging;
using Serverless.Local.Mqtt.Protocol;

namespace Serverless.Local.Mqtt.Server;

/// <summary>The endpoint's log messages. None holds a user name, a password, a topic or a payload: some vendors' topics begin with a token.</summary>
internal static partial class MqttLog
{
    [LoggerMessage(1, LogLevel.Information, "{Client} is connected from {Remote}.")]
    public static partial void Connected(ILogger logger, string client, string? remote);

    [LoggerMessage(2, LogLevel.Information, "{Client} is disconnected: {Reason}.")]
    public static partial void Disconnected(ILogger logger, string client, string reason);

    [LoggerMessage(3, LogLevel.Warning, "A client at {Remote} is refused: {Code}.")]
    public static partial void Refused(ILogger logger, string? remote, ConnectReturnCode code);

    [LoggerMessage(4, LogLevel.Warning, "The connection of {Client} ends: {Reason}")]
    public static partial void Broken(ILogger logger, string client, string reason);

    [LoggerMessage(5, LogLevel.Error, "Messages of {Client} could not be taken; its connection ends so that it sends them again.")]
    public static partial void NotTaken(ILogger logger, string client, Exception exception);

    [LoggerMessage(6, LogLevel.Error, "The connection of {Client} failed.")]
    public static partial void Failed(ILogger logger, string client, Exception exception);

    [LoggerMessage(8, LogLevel.Error, "The message {MessageId} cannot be sent to {HubId} on this connection; it stays in the queue.")]
    public static partial void NotSent(ILogger logger, string hubId, string messageId, Exception exception);

    [LoggerMessage(9, LogLevel.Error, "The credentials of a client at {Remote} cannot be checked.")]
    public static partial void NotChecked(ILogger logger, string? remote, Exception exception);

    [LoggerMessage(7, LogLevel.Error, "A request of {Client} failed.")]
    public static partial void RequestFailed(ILogger logger, string client, Exception exception);
}
