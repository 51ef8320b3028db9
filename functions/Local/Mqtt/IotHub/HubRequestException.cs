namespace Serverless.Local.Mqtt.IotHub;

/// <summary>A device's twin request is refused; the device gets the status and the message.</summary>
/// <param name="status">An HTTP status, such as 400.</param>
/// <param name="message">What is wrong.</param>
public sealed class HubRequestException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
