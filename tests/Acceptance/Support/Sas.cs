using System.Security.Cryptography;
using System.Text;

namespace Serverless.Acceptance.Tests.Support;

/// <summary>Shared access signatures as IoT Hub's documentation has them, made apart from the cloud's own code.</summary>
internal static class Sas
{
    public static string UserName(string host, string deviceId) => $"{host}/{deviceId}/?api-version=2021-04-12";

    public static string Token(string host, TestDevice device, DateTimeOffset expires)
    {
        var resource = Uri.EscapeDataString($"{host}/devices/{device.Uuid}");
        var expiry = expires.ToUnixTimeSeconds();
        var signature = HMACSHA256.HashData(Convert.FromBase64String(device.Key), Encoding.UTF8.GetBytes($"{resource}\n{expiry}"));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={expiry}";
    }

    public static string Token(string host, TestDevice device) => Token(host, device, DateTimeOffset.UtcNow.AddHours(1));
}
