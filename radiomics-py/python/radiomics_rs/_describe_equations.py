"""Equations of features in TeX, by the definition that the engine's catalogue has of them.

A definition that changes there has no equation here until it is looked at: a test asks for one of
each, and computes nearly all of them as they stand.
"""

from __future__ import annotations

#: Of intensities and of grey levels, which are both x.
STATISTICS = {
    "Mean intensity, μ = Σ x / N": r"\frac{1}{N} \sum_{k} x_k",
    "Mean grey level": r"\frac{1}{N} \sum_{k} x_k",
    "Variance, σ² = Σ (x − μ)² / N": r"\frac{1}{N} \sum_{k} (x_k - \mu)^2",
    "Variance of the grey levels": r"\frac{1}{N} \sum_{k} (x_k - \mu)^2",
    "Third central moment over σ³": r"\frac{1}{N \sigma^3} \sum_{k} (x_k - \mu)^3",
    "Fourth central moment over σ⁴, less 3": r"\frac{1}{N \sigma^4} \sum_{k} (x_k - \mu)^4 - 3",
    "Fourth central moment over σ⁴": r"\frac{1}{N \sigma^4} \sum_{k} (x_k - \mu)^4",
    "Median intensity": r"P_{50}",
    "Median grey level": r"P_{50}",
    "Lowest intensity": r"\min_{k} x_k",
    "Lowest grey level present": r"\min_{k} x_k",
    "Highest intensity": r"\max_{k} x_k",
    "Highest grey level present": r"\max_{k} x_k",
    "10th percentile, linear interpolation between order statistics": r"P_{10}",
    "90th percentile, linear interpolation between order statistics": r"P_{90}",
    "P75 − P25": r"P_{75} - P_{25}",
    "Maximum − minimum": r"\max_{k} x_k - \min_{k} x_k",
    "Mean of |x − μ|": r"\frac{1}{N} \sum_{k} \lvert x_k - \mu \rvert",
    "Mean of |x − μ'| within [P10, P90], μ' being the mean there": (
        r"\frac{1}{N_r} \sum_{r} \lvert x_r - \mu_r \rvert,"
        r"\quad \mu_r = \frac{1}{N_r} \sum_{r} x_r"
    ),
    "Mean of |x − median|": r"\frac{1}{N} \sum_{k} \lvert x_k - P_{50} \rvert",
    "σ / μ": r"\frac{\sigma}{\mu}",
    "(P75 − P25) / (P75 + P25)": r"\frac{P_{75} - P_{25}}{P_{75} + P_{25}}",
    "Σ x²": r"\sum_{k} x_k^2",
    "√(Σ x² / N)": r"\sqrt{\frac{1}{N} \sum_{k} x_k^2}",
    "Energy times the volume of a voxel in mm³": r"v \sum_{k} x_k^2",
    "σ": r"\sigma",
    "Most frequent grey level": r"\arg\max_{i} n_i",
    "−Σ p·log₂ p": r"-\sum_{i} p_i \log_2 p_i",
    "Σ p²": r"\sum_{i} p_i^2",
    "Highest gradient of the histogram": r"\max_{i} g_i",
    "Grey level of the highest gradient": r"\arg\max_{i} g_i",
    "Lowest gradient of the histogram": r"\min_{i} g_i",
    "Grey level of the lowest gradient": r"\arg\min_{i} g_i",
    "V10, largest ν_i with (i − min) / (max − min) ≥ 10 %": (
        r"V_{10} = \max_{\gamma_l \ge 0.1} \nu_l"
    ),
    "V90, largest ν_i with (i − min) / (max − min) ≥ 90 %": (
        r"V_{90} = \max_{\gamma_l \ge 0.9} \nu_l"
    ),
    "I10, least i with ν_i ≤ 10 %": r"I_{10} = \min_{\nu_l \le 0.1} t_l",
    "I90, least i with ν_i ≤ 90 %": r"I_{90} = \min_{\nu_l \le 0.9} t_l",
    "V10 − V90": r"V_{10} - V_{90}",
    "I10 − I90": r"I_{10} - I_{90}",
    "∫ ν dγ by trapezia over γ = (i − min) / (max − min)": (
        r"\sum_{m} \frac{\nu_m + \nu_{m+1}}{2} (\gamma_{m+1} - \gamma_m)"
    ),
    "Mean within 6.2 mm (1 cm³) of the voxel of highest intensity": (
        r"\max_{x_k = \hat{x}} \bar{x}_k,\quad \hat{x} = \max_{k} x_k"
    ),
    "Highest mean within 6.2 mm (1 cm³) of any voxel": r"\max_{k} \bar{x}_k",
}

#: Of a mesh, of its voxels, and of an outline in a plane.
SHAPE = {
    "Volume V inside of the surface mesh, mm³": (
        r"V = \frac{1}{6} \sum_{f} \vec{a}_f \cdot (\vec{b}_f \times \vec{c}_f)"
    ),
    "Number of voxels times the volume of one, mm³": r"N_m v",
    "Area A of the surface mesh, mm²": (
        r"A = \frac{1}{2} \sum_{f} \lVert (\vec{b}_f - \vec{a}_f) \times (\vec{c}_f - \vec{a}_f)"
        r" \rVert"
    ),
    "A / V, mm⁻¹": r"\frac{A}{V}",
    "V / (√π · A^(3/2))": r"\frac{V}{\sqrt{\pi} A^{3/2}}",
    "36π · V² / A³": r"\frac{36 \pi V^2}{A^3}",
    "A / (36π · V²)^(1/3)": r"\frac{A}{(36 \pi V^2)^{1/3}}",
    "(36π · V²)^(1/3) / A": r"\frac{(36 \pi V^2)^{1/3}}{A}",
    "(A³ / (36π · V²))^(1/3) − 1": r"\left(\frac{A^3}{36 \pi V^2}\right)^{1/3} - 1",
    "Distance of the centre of the morphological mask from that of the intensities, mm": (
        r"\lVert \frac{1}{N_m} \sum_{m} \vec{r}_m - \frac{1}{N \mu} \sum_{k} x_k \vec{r}_k \rVert"
    ),
    "Largest distance between vertices of the mesh, mm": (
        r"\max_{u, w} \lVert \vec{q}_u - \vec{q}_w \rVert"
    ),
    "4 · √λ of the largest variance (n − 1) of voxel centres along an axis, mm": (
        r"4 \sqrt{\lambda_1}"
    ),
    "4 · √λ of the second variance (n − 1) of voxel centres along an axis, mm": (
        r"4 \sqrt{\lambda_2}"
    ),
    "4 · √λ of the smallest variance (n − 1) of voxel centres along an axis, mm": (
        r"4 \sqrt{\lambda_3}"
    ),
    "√(λ minor / λ major)": r"\sqrt{\frac{\lambda_2}{\lambda_1}}",
    "√(λ least / λ major)": r"\sqrt{\frac{\lambda_3}{\lambda_1}}",
    "V over the volume of the axis-aligned bounding box of the mesh": r"\frac{V}{d_z d_y d_x}",
    "A over the area of the axis-aligned bounding box of the mesh": (
        r"\frac{A}{2 (d_z d_y + d_z d_x + d_y d_x)}"
    ),
    "V over the volume of the oriented minimum bounding box: the smallest box with a side along a "
    "face of the convex hull or across an axis of the grid": r"\frac{V}{V_{\mathrm{ombb}}}",
    "A over the area of the oriented minimum bounding box": r"\frac{A}{A_{\mathrm{ombb}}}",
    "V over the volume of the approximate enclosing ellipsoid, with semi-axes of 2 · √λ": (
        r"\frac{3 V}{4 \pi a b c},\quad a = 2 \sqrt{\lambda_1},\quad b = 2 \sqrt{\lambda_2},"
        r"\quad c = 2 \sqrt{\lambda_3}"
    ),
    "A over the area of the approximate enclosing ellipsoid, by a series of Legendre polynomials "
    "to ν = 20": (
        r"\frac{A}{S},\quad S = 4 \pi a b \sum_{\nu} \frac{(\alpha \beta)^{\nu}}{1 - 4 \nu^2}"
        r" L_{\nu}\left(\frac{\alpha^2 + \beta^2}{2 \alpha \beta}\right),"
        r"\quad \alpha = \sqrt{1 - \frac{b^2}{a^2}},\quad \beta = \sqrt{1 - \frac{c^2}{a^2}},"
        r"\quad a = 2 \sqrt{\lambda_1},\quad b = 2 \sqrt{\lambda_2},\quad c = 2 \sqrt{\lambda_3}"
    ),
    "V over the volume of the minimum volume enclosing ellipsoid of the mesh": (
        r"\frac{V}{V_{\mathrm{mvee}}}"
    ),
    "A over the area of the minimum volume enclosing ellipsoid of the mesh, by a series of "
    "Legendre polynomials to ν = 20": r"\frac{A}{A_{\mathrm{mvee}}}",
    "V over the volume of the convex hull of the mesh": r"\frac{V}{V_{\mathrm{hull}}}",
    "A over the area of the convex hull of the mesh": r"\frac{A}{A_{\mathrm{hull}}}",
    "Mean intensity times V": r"\mu V",
    "Moran's I with weights of 1 / distance, over all pairs of voxels": (
        r"\frac{N}{\sum_{k \ne l} w_{kl}} \cdot"
        r" \frac{\sum_{k \ne l} w_{kl} (x_k - \mu) (x_l - \mu)}{\sum_{k} (x_k - \mu)^2},"
        r"\quad w_{kl} = \frac{1}{\lVert \vec{r}_k - \vec{r}_l \rVert}"
    ),
    "Geary's C with weights of 1 / distance, over all pairs of voxels": (
        r"\frac{N - 1}{2 \sum_{k \ne l} w_{kl}} \cdot"
        r" \frac{\sum_{k \ne l} w_{kl} (x_k - x_l)^2}{\sum_{k} (x_k - \mu)^2},"
        r"\quad w_{kl} = \frac{1}{\lVert \vec{r}_k - \vec{r}_l \rVert}"
    ),
    "Largest distance between vertices of the mesh with the same z, mm": (
        r"\max_{z_u = z_w} \lVert \vec{q}_u - \vec{q}_w \rVert"
    ),
    "Largest distance between vertices of the mesh with the same y, mm": (
        r"\max_{y_u = y_w} \lVert \vec{q}_u - \vec{q}_w \rVert"
    ),
    "Largest distance between vertices of the mesh with the same x, mm": (
        r"\max_{x_u = x_w} \lVert \vec{q}_u - \vec{q}_w \rVert"
    ),
    "Area A inside of the outline, mm²": (
        r"A = \frac{1}{2} \lVert \sum_{e} \vec{a}_e \times \vec{b}_e \rVert"
    ),
    "Number of pixels times the area of one, mm²": r"N v",
    "Length P of the outline, mm": r"P = \sum_{e} \lVert \vec{b}_e - \vec{a}_e \rVert",
    "P / A, mm⁻¹": r"\frac{P}{A}",
    "2·√(π·A) / P": r"\frac{2 \sqrt{\pi A}}{P}",
    "P / (2·√(π·A))": r"\frac{P}{2 \sqrt{\pi A}}",
    "Largest distance between corners of the outline, mm": (
        r"\max_{u, w} \lVert \vec{q}_u - \vec{q}_w \rVert"
    ),
    "4·√λ of the larger variance of pixel centres, mm": r"4 \sqrt{\lambda_1}",
    "4·√λ of the smaller variance of pixel centres, mm": r"4 \sqrt{\lambda_2}",
}

#: Of texture matrices, whose entries are p_ij or s_ij.
TEXTURE = {
    "max p_ij": r"\max_{i, j} p_{ij}",
    "μ = Σ i·p_ij": r"\sum_{i, j} i p_{ij}",
    "Σ (i − μ)²·p_ij": r"\sum_{i, j} (i - \mu_i)^2 p_{ij}",
    "−Σ p_ij·log₂ p_ij": r"-\sum_{i, j} p_{ij} \log_2 p_{ij}",
    "Σ k·p_{i−j}(k)": r"\sum_{k} k p_{i-j,k}",
    "Σ (k − μ)²·p_{i−j}(k), μ being the difference average": (
        r"\sum_{k} (k - \mu)^2 p_{i-j,k},\quad \mu = \sum_{k} k p_{i-j,k}"
    ),
    "−Σ p_{i−j}·log₂ p_{i−j}": r"-\sum_{k} p_{i-j,k} \log_2 p_{i-j,k}",
    "Σ k·p_{i+j}(k)": r"\sum_{l} l p_{i+j,l}",
    "Σ (k − μ)²·p_{i+j}(k), μ being the sum average": (
        r"\sum_{l} (l - \mu)^2 p_{i+j,l},\quad \mu = \sum_{l} l p_{i+j,l}"
    ),
    "−Σ p_{i+j}·log₂ p_{i+j}": r"-\sum_{l} p_{i+j,l} \log_2 p_{i+j,l}",
    "Σ p_ij²": r"\sum_{i, j} p_{ij}^2",
    "Σ (i − j)²·p_ij": r"\sum_{i, j} (i - j)^2 p_{ij}",
    "Σ |i − j|·p_ij": r"\sum_{i, j} \lvert i - j \rvert p_{ij}",
    "Σ p_ij / (1 + |i − j|)": r"\sum_{i, j} \frac{p_{ij}}{1 + \lvert i - j \rvert}",
    "Σ p_ij / (1 + |i − j| / Ng)": r"\sum_{i, j} \frac{p_{ij}}{1 + \lvert i - j \rvert / N_g}",
    "Σ p_ij / (1 + (i − j)²)": r"\sum_{i, j} \frac{p_{ij}}{1 + (i - j)^2}",
    "Σ p_ij / (1 + (i − j)² / Ng²)": r"\sum_{i, j} \frac{p_{ij}}{1 + (i - j)^2 / N_g^2}",
    "Σ p_ij / (i − j)² over i ≠ j": r"\sum_{i \ne j} \frac{p_{ij}}{(i - j)^2}",
    "(Σ i·j·p_ij − μ_i·μ_j) / (σ_i·σ_j)": (
        r"\frac{1}{\sigma_i \sigma_j} \left(\sum_{i, j} i j p_{ij} - \mu_i \mu_j\right)"
    ),
    "Σ i·j·p_ij": r"\sum_{i, j} i j p_{ij}",
    "Σ (i + j − μ_i − μ_j)²·p_ij": r"\sum_{i, j} (i + j - \mu_i - \mu_j)^2 p_{ij}",
    "Σ (i + j − μ_i − μ_j)³·p_ij": r"\sum_{i, j} (i + j - \mu_i - \mu_j)^3 p_{ij}",
    "Σ (i + j − μ_i − μ_j)⁴·p_ij": r"\sum_{i, j} (i + j - \mu_i - \mu_j)^4 p_{ij}",
    "(HXY − HXY₁) / max(HX, HY)": (
        r"\frac{H - H_1}{\max(H_i, H_j)},\quad H = -\sum_{i, j} p_{ij} \log_2 p_{ij},"
        r"\quad H_1 = -\sum_{i, j} p_{ij} \log_2 (p_{i \cdot} p_{\cdot j})"
    ),
    "√(1 − exp(−2·(HXY₂ − HXY)))": (
        r"\sqrt{1 - \exp(-2 (H_2 - H))},\quad H = -\sum_{i, j} p_{ij} \log_2 p_{ij},"
        r"\quad H_2 = -\sum_{i, j} p_{i \cdot} p_{\cdot j} \log_2 (p_{i \cdot} p_{\cdot j})"
    ),
    "Second largest singular value of p_ij / √(p_i·p_j + ε), ε being 2.2e-16": (
        r"\varsigma_2(M),\quad M = \frac{p_{ij}}{\sqrt{p_{i \cdot} p_{\cdot j} + \varepsilon}}"
    ),
    "Σ p_ij / j²": r"\sum_{i, j} \frac{p_{ij}}{j^2}",
    "Σ p_ij·j²": r"\sum_{i, j} j^2 p_{ij}",
    "Σ p_ij / i²": r"\sum_{i, j} \frac{p_{ij}}{i^2}",
    "Σ p_ij·i²": r"\sum_{i, j} i^2 p_{ij}",
    "Σ p_ij / (i²·j²)": r"\sum_{i, j} \frac{p_{ij}}{i^2 j^2}",
    "Σ p_ij·i² / j²": r"\sum_{i, j} \frac{i^2 p_{ij}}{j^2}",
    "Σ p_ij·j² / i²": r"\sum_{i, j} \frac{j^2 p_{ij}}{i^2}",
    "Σ p_ij·i²·j²": r"\sum_{i, j} i^2 j^2 p_{ij}",
    "Σ_i (Σ_j s_ij)² / Ns": r"\frac{1}{N_s} \sum_{i} \left(\sum_{j} s_{ij}\right)^2",
    "Σ_i (Σ_j s_ij)² / Ns²": r"\frac{1}{N_s^2} \sum_{i} \left(\sum_{j} s_{ij}\right)^2",
    "Σ_j (Σ_i s_ij)² / Ns": r"\frac{1}{N_s} \sum_{j} \left(\sum_{i} s_{ij}\right)^2",
    "Σ_j (Σ_i s_ij)² / Ns²": r"\frac{1}{N_s^2} \sum_{j} \left(\sum_{i} s_{ij}\right)^2",
    "Ns / Nv, Nv being the number of voxels": r"\frac{N_s}{N_v}",
    "Σ (i − μ)²·p_ij, μ = Σ i·p_ij": (
        r"\sum_{i, j} (i - \mu)^2 p_{ij},\quad \mu = \sum_{i, j} i p_{ij}"
    ),
    "Σ (j − μ)²·p_ij, μ = Σ j·p_ij": (
        r"\sum_{i, j} (j - \mu)^2 p_{ij},\quad \mu = \sum_{i, j} j p_{ij}"
    ),
    "1 / Σ p_i·s_i": r"\frac{1}{\sum_{i} p_i s_i}",
    "Σ p_i·p_j·(i − j)² / (Ngp·(Ngp − 1)) · Σ s_i / N": (
        r"\frac{\sum_{i, j} p_i p_j (i - j)^2}{N_{gp} (N_{gp} - 1)} \cdot \frac{1}{N} \sum_{i} s_i"
    ),
    "Σ p_i·s_i / Σ |i·p_i − j·p_j|": (
        r"\frac{\sum_{i} p_i s_i}{\sum_{i, j} \lvert i p_i - j p_j \rvert}"
    ),
    "Σ |i − j|·(p_i·s_i + p_j·s_j) / (p_i + p_j) / N": (
        r"\frac{1}{N} \sum_{i, j} \lvert i - j \rvert \frac{p_i s_i + p_j s_j}{p_i + p_j}"
    ),
    "Σ (p_i + p_j)·(i − j)² / Σ s_i": (r"\frac{\sum_{i, j} (p_i + p_j) (i - j)^2}{\sum_{i} s_i}"),
}

EQUATIONS = STATISTICS | SHAPE | TEXTURE

_VOXELS = (
    ("x_k", "intensity of voxel k of the intensity mask, of which there are N"),
    (r"\mu", "mean of them"),
    (r"\sigma^2", "their variance"),
)
_PERCENTILES = (
    (r"P_q", "q-th percentile of all x, by linear interpolation between order statistics"),
    (r"x_r", r"those of the x from the 10th to the 90th percentile, ends included"),
)
_ENTRIES = (
    (r"N_s", "sum of all s"),
    (r"p_{ij}", "s over their sum"),
    (r"N_v", "number of voxels, once for each direction if directions are merged"),
)
#: What equations are made of, by family: a symbol in TeX and what it is.
SYMBOLS = {
    "morphology": (
        (r"\vec{a}_f, \vec{b}_f, \vec{c}_f", "corners of face f of the mesh, in mm"),
        (r"\vec{q}_u", "corners of the mesh"),
        (r"\vec{r}_m", "centres of the voxels of the morphological mask, of which there are Nm"),
        (r"\vec{r}_k", "centres of the voxels of the intensity mask"),
        (r"v", "volume of a voxel in mm³"),
        (r"\lambda_1 \ge \lambda_2 \ge \lambda_3", "variances along the principal axes"),
        (r"d_z, d_y, d_x", "sides of the box round the mesh, along the axes of the grid"),
        (r"L_{\nu}", "Legendre polynomials, from 0 to 20"),
        *_VOXELS,
    ),
    "morphology_2d": (
        (r"\vec{a}_e, \vec{b}_e", "ends of edge e of the outline, in mm"),
        (r"\vec{q}_u", "corners of the outline"),
        (r"N, v", "number of pixels, and the area of one in mm²"),
        (r"\lambda_1 \ge \lambda_2", "variances of pixel centres along the principal axes"),
    ),
    "local_intensity": (
        *_VOXELS[:1],
        (r"\bar{x}_k", "mean intensity of the image within 6.2 mm of voxel k"),
    ),
    "intensity_statistics": (*_VOXELS, *_PERCENTILES, ("v", "volume of a voxel in mm³")),
    "intensity_histogram": (
        ("x_k", "grey level of voxel k of the intensity mask, of which there are N"),
        *_VOXELS[1:],
        *_PERCENTILES,
        (r"n_i", "number of voxels of grey level i, from 1 to Ng"),
        (r"p_i", "their share of all voxels"),
        (r"g_i", "gradient of n: half the difference of the levels beside i, at the ends to one"),
    ),
    "intensity_volume_histogram": (
        (r"t_l", "intensity of level l"),
        (r"\nu_l", "share of voxels of that intensity or more"),
        (r"\gamma_l", "place of the level in the range: 0 for the first one, 1 for the last one"),
        (r"m", "all levels but the last one"),
    ),
    "glcm": (
        (r"p_{ij}", "share of pairs of neighbours with the grey levels i and j, each both ways"),
        (r"p_{i \cdot}, p_{\cdot j}", "its sums over j and over i"),
        (r"p_{i-j,k}", "its sum where i and j differ by k"),
        (r"p_{i+j,l}", "its sum where i and j have the sum l"),
        (r"\mu_i, \sigma_i^2", "mean and variance of i; likewise of j"),
        (r"H_i, H_j", "entropies of the sums over j and over i"),
        (r"N_g", "number of grey levels"),
        (r"\varsigma_2", "second largest singular value"),
        (r"\varepsilon", "distance from 1 to the next number, 2.2e-16"),
    ),
    "glrlm": ((r"s_{ij}", "number of runs of j voxels of grey level i"), *_ENTRIES),
    "glszm": ((r"s_{ij}", "number of zones of j voxels of grey level i"), *_ENTRIES),
    "gldzm": (
        (r"s_{ij}", "number of zones of grey level i whose least distance from the edge is j"),
        *_ENTRIES,
    ),
    "ngtdm": (
        (r"p_i", "share of the voxels that have grey level i, of those with neighbours"),
        (r"s_i", "sum over them of the difference of i from the mean of the neighbours"),
        (r"N", "number of voxels with neighbours"),
        (r"N_{gp}", "number of grey levels that occur; i and j are no others"),
    ),
    "ngldm": (
        (r"s_{ij}", "number of voxels of grey level i with j - 1 neighbours that depend on it"),
        *_ENTRIES,
    ),
}
