using System.Text;
using System.Text.Json;
using Serverless.Domain.Telemetry;

namespace Serverless.Tests.Support;

/// <summary>Takes {"parts":[…]} apart.</summary>
internal sealed class TestSplitter : IMessageSplitter
{
    public IReadOnlyList<DeviceMessage>? Split(DeviceMessage message)
    {
        if (!message.Body.Span.StartsWith("{\"parts\":"u8))
        {
            return null;
        }

        using var json = JsonDocument.Parse(message.Body);
        return
        [
            .. json
                .RootElement.GetProperty("parts")
                .EnumerateArray()
                .Select(part => message with { Body = Encoding.UTF8.GetBytes(part.GetRawText()) }),
        ];
    }
}
