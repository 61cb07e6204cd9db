using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using KtpGrpc.Server.Journal;
using Xunit;

namespace KtpGrpc.Server.Tests.Journal;

public sealed class MerkleTreeTests
{
    private static readonly Gen<byte[][]> _leaves = Gen.Choose(0, 255).Select(number => (byte)number).ArrayOf(MerkleTree.HashSize).ArrayOf();

    // The test vectors of the reference implementation of Certificate Transparency.
    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Root_OfTheReferenceLeaves_IsTheReferenceRoot(int size, string root)
    {
        string[] leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"];
        var tree = new MerkleTree();

        foreach (var leaf in leaves[..size])
        {
            tree.Add(Convert.FromHexString(leaf));
        }

        Assert.Equal(root, Convert.ToHexStringLower(tree.Root));
    }

    [Fact]
    public void Root_OfAnyLeaves_IsTheRecursiveDefinition() => Property.Holds(
        _leaves, leaves => Assert.Equal(Defined(leaves), Grown(leaves).Root));

    [Fact]
    public void Tree_WrittenDownAndReadAgainAnywhere_GrowsOnTheSame() => Property.Holds(
        _leaves.SelectMany(leaves => Gen.Choose(0, leaves.Length).Select(cut => (leaves, cut))),
        drawn =>
        {
            var half = Grown(drawn.leaves[..drawn.cut]);
            var restored = new MerkleTree(half.Size, half.Peaks);
            foreach (var leaf in drawn.leaves[drawn.cut..])
            {
                restored.Add(leaf);
            }

            Assert.Equal(Grown(drawn.leaves).Root, restored.Root);
            Assert.Equal(drawn.leaves.Length, restored.Size);
        });

    [Fact]
    public void CompletedSubtrees_OfAnyTree_AreTheRootsOfTheirLeaves()
    {
        var leaves = Enumerable.Range(0, 600).Select(i => SHA256.HashData(BitConverter.GetBytes(i))).ToArray();
        var tree = new MerkleTree();
        var completed = 0;

        for (var i = 0; i < leaves.Length; i++)
        {
            tree.Add(leaves[i], (height, root) =>
            {
                Assert.Equal(Defined(leaves[(i + 1 - (1 << height))..(i + 1)]), root);
                completed++;
            });
        }

        Assert.Equal(Enumerable.Range(1, 9).Sum(height => leaves.Length >> height), completed);
    }

    [Theory]
    [InlineData(3, 32)]
    [InlineData(0, 32)]
    [InlineData(1, 31)]
    public void Peaks_ThatDoNotFitTheSize_AreRefused(long size, int length) =>
        Assert.Throws<InvalidDataException>(() => new MerkleTree(size, new byte[length]));

    private static MerkleTree Grown(IEnumerable<byte[]> leaves)
    {
        var tree = new MerkleTree();
        foreach (var leaf in leaves)
        {
            tree.Add(leaf);
        }

        return tree;
    }

    /// <summary>RFC 6962, section 2.1, word for word.</summary>
    private static byte[] Defined(byte[][] leaves)
    {
        if (leaves.Length < 2)
        {
            return leaves.Length == 0 ? SHA256.HashData([]) : SHA256.HashData([0, .. leaves[0]]);
        }

        var left = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)leaves.Length) / 2;
        return SHA256.HashData([1, .. Defined(leaves[..left]), .. Defined(leaves[left..])]);
    }
}
